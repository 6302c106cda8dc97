// Opens one connection to a server of TCP, TLS or HTTPS: straight, or through the whole chain of a line with its source
// address, and TLS with the certificate verified for the server's own name. The only place of `socks`. It sends nothing.
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { SocksClient } from 'socks';
import type { Hop, Line } from '../../protocol/line.js';

export interface Destination {
  /** An IP address or a name. Through proxies a name is resolved by the last of them. */
  readonly host: string;
  readonly port: number;
  /** undefined is straight. */
  readonly line: Line | undefined;
  /** undefined is plain TCP. */
  readonly tls: { readonly alpn: readonly string[]; readonly ca: readonly string[] | undefined } | undefined;
}

/** How the names of servers and first proxies are resolved, as node:net wants it. */
export type Bootstrap = LookupFunction;

/** Rejects with what went wrong, an abort too; nothing is left open then. */
export async function dial(to: Destination, bootstrap: Bootstrap, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const hops = to.line?.hops ?? [];
  const first = hops[0] ?? to;
  const socket = connect({
    host: first.host,
    port: first.port,
    noDelay: true,
    lookup: bootstrap,
    ...(to.line?.source.ip === undefined ? {} : { localAddress: to.line.source.ip }),
    ...(to.line?.source.port ? { localPort: to.line.source.port } : {}),
  });
  let current: Socket = socket;
  const abort = (): void => {
    current.destroy(new Error('given up'));
    socket.destroy();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    await opened(socket, 'connect');
    for (const [index, hop] of hops.entries()) await passOn(socket, hop, hops[index + 1] ?? to);
    if (to.tls === undefined) return socket;
    const secured = secure(socket, to.host, to.tls);
    current = secured;
    await opened(secured, 'secureConnect');
    return secured;
  } catch (error) {
    abort();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function passOn(socket: Socket, hop: Hop, next: { readonly host: string; readonly port: number }): Promise<void> {
  const { host, port, username, password } = hop;
  const credentials = username === undefined ? {} : { userId: username, password: password ?? '' };
  await SocksClient.createConnection({
    command: 'connect',
    proxy: { host, port, type: 5, ...credentials },
    destination: { host: next.host, port: next.port },
    existing_socket: socket,
  });
}

function secure(socket: Socket, host: string, { alpn, ca }: NonNullable<Destination['tls']>): TLSSocket {
  return connectTls({
    socket,
    // For what the certificate is verified. An address is no server name (RFC 6066 section 3).
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
    ...(ca === undefined ? {} : { ca: [...ca] }),
    minVersion: 'TLSv1.2',
  });
}

function opened(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      socket.off(event, onOpen).off('error', onError).off('close', onClose);
      // An error that comes later, or together with a close, is not to end the process.
      socket.on('error', () => {});
      settle();
    };
    const onOpen = (): void => done(resolve);
    const onError = (error: Error): void => done(() => reject(error));
    const onClose = (): void => done(() => reject(new Error('closed while it was opened')));
    socket.once(event, onOpen).once('error', onError).once('close', onClose);
  });
}
