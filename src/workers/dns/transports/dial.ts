// Opens one connection to a server of TCP, TLS or HTTPS: direct, or through the whole chain of a line with its source
// address; with TLS the certificate is verified for the server's own name. It sends the server nothing else.
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { openProxy } from '../../../dial/proxy.js';
import { ProxyAuthorities } from '../../../dial/proxy-tls.js';
import type { Line } from '../../../protocol/lines/line.js';
import { Chain, whyUnaskable } from '../../../protocol/outbound/chain.js';
import { follow } from '../../../protocol/outbound/follow.js';
import { describe } from '../../../protocol/race/failure.js';
import type { Authorities } from './authorities.js';

export interface Destination {
  /** An IP address or a name. Through proxies, the last proxy resolves the name. */
  readonly host: string;
  readonly port: number;
  /** undefined for a direct connection. */
  readonly line: Line | undefined;
  /** undefined for plain TCP. */
  readonly tls: { readonly alpn: readonly string[]; readonly authorities: Authorities } | undefined;
}

/** Resolves the names of servers and first proxies: a `lookup` function for node:net. */
export type Bootstrap = LookupFunction;

type Tls = typeof import('node:tls');
const ANY_SOURCE = { ip: undefined, port: 0 };
const proxyAuthorities = new ProxyAuthorities();

/** Rejects with the error, also when `signal` aborts; then no socket is left open. */
export async function dial(to: Destination, bootstrap: Bootstrap, signal: AbortSignal): Promise<Socket> {
  const hops = to.line?.hops ?? [];
  const unaskable = whyUnaskable(hops, to.host);
  if (unaskable !== undefined) throw new Error(describe(unaskable));
  // Loaded at the first need: most gateways start faster without it.
  const tls = to.tls === undefined ? undefined : await import('node:tls');
  signal.throwIfAborted();
  const first = hops[0] ?? to;
  const source = to.line?.source ?? ANY_SOURCE;
  const wanted = { host: first.host, port: first.port, source, lookup: bootstrap };
  const { raw, stream: socket } = await openProxy(wanted, hops[0]?.tls, proxyAuthorities, signal);
  let current: Socket = socket;
  const abort = (): void => {
    current.destroy(new Error('given up'));
    socket.destroy();
    raw.destroy();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    if (to.line?.isDirect === false) await passHops(socket, new Chain(hops, to.host, to.port));
    if (tls === undefined) return socket;
    const stream = secure(tls, socket, to);
    current = stream;
    await secured(stream);
    return stream;
  } catch (error) {
    abort();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Passes the proxies up to the destination; rejects with the reason of a failure. */
async function passHops(socket: Socket, chain: Chain): Promise<void> {
  const incoming = socket.iterator({ destroyOnReturn: false });
  const followed = await follow(chain, { incoming, send: (bytes) => socket.write(bytes) }, 'destination');
  switch (followed.code) {
    case 'reached':
      if (followed.rest.length > 0) socket.unshift(followed.rest);
      break;
    case 'failed':
      throw new Error(describe(followed.failure));
    case 'ended':
      throw new Error('the proxy ends the connection');
    default:
      followed satisfies never;
  }
}

function secure(tls: Tls, socket: Socket, { host, tls: wanted }: Destination): TLSSocket {
  const { alpn, authorities } = wanted as NonNullable<Destination['tls']>;
  return tls.connect({
    socket,
    // The name or address that the certificate must have. An address is no server name (RFC 6066 section 3).
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
    // Without it, each connection would make a separate context.
    secureContext: authorities.context(tls),
  });
}

function secured(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      socket.off('secureConnect', onOpen).off('error', onError).off('close', onClose);
      // A later error, or one together with a close, must not end the process.
      socket.on('error', () => {});
      settle();
    };
    const onOpen = (): void => done(resolve);
    const onError = (error: Error): void => done(() => reject(error));
    const onClose = (): void => done(() => reject(new Error('closed while it was opened')));
    socket.once('secureConnect', onOpen).once('error', onError).once('close', onClose);
  });
}
