// Opens one connection to a server of TCP, TLS or HTTPS: straight, or through the whole chain of a line with its source
// address, and TLS with the certificate verified for the server's own name. The only place of `socks`. It sends nothing.
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Hop, Line } from '../../protocol/line.js';
import type { Authorities } from './authorities.js';

export interface Destination {
  /** An IP address or a name. Through proxies a name is resolved by the last of them. */
  readonly host: string;
  readonly port: number;
  /** undefined is straight. */
  readonly line: Line | undefined;
  /** undefined is plain TCP. */
  readonly tls: { readonly alpn: readonly string[]; readonly authorities: Authorities } | undefined;
}

/** How the names of servers and first proxies are resolved, as node:net wants it. */
export type Bootstrap = LookupFunction;

type Socks = typeof import('socks');
type Tls = typeof import('node:tls');

/** Rejects with what went wrong, an abort too; nothing is left open then. */
export async function dial(to: Destination, bootstrap: Bootstrap, signal: AbortSignal): Promise<Socket> {
  const hops = to.line?.hops ?? [];
  // Loaded when they are needed first: most gateways start without either, and sooner.
  const socks = hops.length > 0 ? await import('socks') : undefined;
  const tls = to.tls === undefined ? undefined : await import('node:tls');
  signal.throwIfAborted();
  const first = hops[0] ?? to;
  const source = to.line?.source;
  const socket = connect({
    host: first.host,
    port: first.port,
    noDelay: true,
    lookup: bootstrap,
    // A source reaches addresses of its own family only.
    ...(source?.ip === undefined ? {} : { localAddress: source.ip, family: isIP(source.ip) }),
    ...(source?.port ? { localPort: source.port } : {}),
  });
  let current: Socket = socket;
  const abort = (): void => {
    current.destroy(new Error('given up'));
    socket.destroy();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    await opened(socket, 'connect');
    // The kernel may give it the very port of this machine where nobody listens.
    if (socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress)
      throw new Error('refused: it was connected to itself');
    for (const [index, hop] of hops.entries()) await passOn(socks as Socks, socket, hop, hops[index + 1] ?? to);
    if (tls === undefined) return socket;
    const secured = secure(tls, socket, to);
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

async function passOn(
  { SocksClient }: Socks,
  socket: Socket,
  hop: Hop,
  next: { readonly host: string; readonly port: number },
): Promise<void> {
  const { host, port, username, password } = hop;
  const credentials = username === undefined ? {} : { userId: username, password: password ?? '' };
  await SocksClient.createConnection({
    command: 'connect',
    proxy: { host, port, type: 5, ...credentials },
    destination: { host: next.host, port: next.port },
    existing_socket: socket,
  });
}

function secure(tls: Tls, socket: Socket, { host, tls: wanted }: Destination): TLSSocket {
  const { alpn, authorities } = wanted as NonNullable<Destination['tls']>;
  return tls.connect({
    socket,
    // For what the certificate is verified. An address is no server name (RFC 6066 section 3).
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
    // Without it each connection would make one of its own.
    secureContext: authorities.context(tls),
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
