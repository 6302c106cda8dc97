// One listener of the configuration: where it listens, for which protocols, and who may come. The meaning, range and default
// of each key are in main/config/checks/listen/ (docs/config.md). Pure.
import { parseIp } from './address/address.js';
import { isLoopback } from './address/own-listeners.js';
import { INBOUND_NAMES, type InboundName } from './inbound-name.js';
import type { QuietKeys } from './quiet/quiet.js';

/** Listeners that a hand-off to an actor tells apart (threads/shared/hand-off.ts). */
export const LISTENERS_MAX = 128;

export type ListenPlace = InternetPlace | UnixPlace;

export interface InternetPlace {
  readonly kind: 'internet';
  /** An IP address in text form. */
  readonly host: string;
  /** 0 leaves the choice to the kernel. */
  readonly port: number;
}

export interface UnixPlace {
  readonly kind: 'unix';
  /** The absolute path of the socket. */
  readonly path: string;
  /** Permission bits of the socket: those who may write to it may connect. */
  readonly mode: number;
}

export interface ListenOptions {
  readonly place: ListenPlace;
  /** Undefined: the name is the address, or `unix:` and the path. */
  readonly name: string | undefined;
  /** At least one. */
  readonly protocols: readonly InboundName[];
  /** Whether a client must show which user it is. */
  readonly users: boolean;
  /** Networks that clients may come from: canonical addresses and ranges. Clients of a Unix socket may always come. */
  readonly allow_clients: readonly string[];
  /** Networks of the proxies that write a PROXY header before each client's bytes; `unix` for the clients of a Unix socket. */
  readonly proxy_from: readonly string[];
  /** What it says of quiet connections; absent for nothing. */
  readonly quiet?: QuietKeys;
}

/** The clients of this machine. */
export const LOOPBACK_NETWORKS: readonly string[] = ['127.0.0.0/8', '::1'];
export const ALL_NETWORKS: readonly string[] = ['0.0.0.0/0', '::/0'];
/** Stands in `proxy_from` for what connects to a Unix socket. */
export const UNIX_CLIENTS = 'unix';

/** Whether clients of other machines can come: from there, or by way of a proxy. */
export function isOpen({ place, proxy_from }: Pick<ListenOptions, 'place' | 'proxy_from'>): boolean {
  if (proxy_from.length > 0) return true;
  const ip = place.kind === 'internet' ? parseIp(place.host) : undefined;
  return ip !== undefined && !isLoopback(ip);
}

/** A listener for the clients of this machine, with the defaults of the configuration. */
export const loopbackListener = (port: number): ListenOptions => ({
  place: { kind: 'internet', host: '127.0.0.1', port },
  name: undefined,
  protocols: INBOUND_NAMES,
  users: false,
  allow_clients: LOOPBACK_NETWORKS,
  proxy_from: [],
});
