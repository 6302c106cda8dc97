// Where a running gateway is asked by HTTP, as a client names the place. Pure.
import { formatEndpoint, parseIp } from './address/address.js';
import { targetOfText } from './address/target.js';
import type { ListenPlace } from './listen-options.js';

export type AdminPlace =
  | { readonly kind: 'unix'; readonly path: string }
  /** `port`: not 0. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

export const ADMIN_PLACE_ALLOWED = 'HOST:PORT, or the path of a Unix socket as /PATH or unix:PATH';

const UNIX = 'unix:';
const HTTP = 'http://';
const NO_PORT = 0;

/** Takes the log's spelling, too: `http://127.0.0.1:9090`. Undefined for what is none. */
export function adminPlaceOf(text: string): AdminPlace | undefined {
  const path = text.startsWith(UNIX) ? text.slice(UNIX.length) : text;
  if (path.startsWith('/') || (path !== text && path !== '')) return { kind: 'unix', path };
  const endpoint = text.startsWith(HTTP) ? text.slice(HTTP.length).replace(/\/$/, '') : text;
  const target = targetOfText(endpoint, NO_PORT);
  if (target === undefined || target.port === NO_PORT) return undefined;
  return { kind: 'tcp', host: target.asked, port: target.port };
}

/** Where this machine finds what listens there; undefined where the kernel chooses the port. */
export function adminPlaceAt(listen: ListenPlace): AdminPlace | undefined {
  if (listen.kind === 'unix') return { kind: 'unix', path: listen.path };
  const { host, port } = listen;
  return port === NO_PORT ? undefined : { kind: 'tcp', host: hereAt(host), port };
}

/** Of an address that stands for all of a family the loopback address. */
function hereAt(host: string): string {
  const ip = parseIp(host);
  if (ip === undefined || ip.some((octet) => octet !== 0)) return host;
  return ip.length === 4 ? '127.0.0.1' : '::1';
}

export const adminPlaceText = (place: AdminPlace): string =>
  place.kind === 'unix' ? place.path : formatEndpoint(place.host, place.port);
