// `tcproute check --alive`: whether the gateway of a configuration answers, for health checks of containers and the like. It asks one
// listener on this machine, and goes through no line.
import { connect } from 'node:net';
import { formatEndpoint, parseIp } from '../../protocol/address/address.js';
import { IpRanges } from '../../protocol/address/ip-range.js';
import type { ListenOptions } from '../../protocol/listen-options.js';

export interface Alive {
  readonly isAlive: boolean;
  /** In words, with the place that was asked. */
  readonly outcome: string;
}

/** Less than the time-outs of health checks, which are some seconds. */
const PATIENCE_MS = 3000;
/** Methods without and with a password (RFC 1928): no user is named and no destination. */
const GREETING = Buffer.from([5, 2, 0, 2]);
const HTTP_REQUEST = 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

type Place = { readonly path: string } | { readonly host: string; readonly port: number };

/** Any answer shows that main and an actor work. Being closed without one shows it of main, where this machine may not come in. */
export function askWhetherAlive(listeners: readonly ListenOptions[]): Promise<Alive> {
  const known = listeners.filter(({ place }) => place.kind === 'unix' || place.port !== 0);
  const listener = known.find(letsIn) ?? known[0];
  if (listener === undefined)
    return Promise.resolve({ isAlive: false, outcome: 'the kernel chooses each port, so none can be asked' });
  const { place } = listener;
  const at: Place = place.kind === 'unix' ? { path: place.path } : { host: hereAt(place.host), port: place.port };
  const where = 'path' in at ? at.path : formatEndpoint(at.host, at.port);
  return new Promise((resolve) => {
    const socket = connect({ ...at, timeout: PATIENCE_MS });
    let isConnected = false;
    const end = (isAlive: boolean, outcome: string): void => {
      socket.destroy();
      resolve({ isAlive, outcome: `${outcome} at ${where}` });
    };
    socket.once('connect', () => {
      isConnected = true;
      socket.write(listener.protocols.includes('socks5') ? GREETING : HTTP_REQUEST);
    });
    socket.once('data', () => end(true, 'the gateway answers'));
    socket.once('end', () => end(true, 'the gateway lets nobody in from here, but closes connections'));
    socket.once('timeout', () => end(false, `nothing answers within ${PATIENCE_MS / 1000} s`));
    socket.once('error', ({ message, ...error }: NodeJS.ErrnoException) => {
      if (isConnected && error.code === 'ECONNRESET') end(true, 'the gateway resets connections from here');
      else end(false, `nothing answers (${error.code ?? message})`);
    });
  });
}

/** Whether a client of this machine without a PROXY header may come in. */
function letsIn({ place, allow_clients, proxy_from }: ListenOptions): boolean {
  const ip = place.kind === 'unix' ? undefined : parseIp(hereAt(place.host));
  return proxy_from.length === 0 && (ip === undefined || IpRanges.of(allow_clients).hasClient(ip));
}

/** Where this machine finds a listener on all addresses. */
function hereAt(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
