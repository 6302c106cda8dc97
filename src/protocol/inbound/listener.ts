// A listener: a place to which clients connect, as main and the connection actors know it. Its socket and its counts belong to
// main (main/accept/listening-socket.ts). Types only.
import type { ListenerAddress } from '../address/own-listeners.js';
import type { InboundName } from '../inbound-name.js';
import type { QuietKeys } from '../quiet/quiet.js';

export interface Listener {
  /** See listener-numbers.ts. Below LISTENERS_MAX. */
  readonly number: number;
  /** For people: its configured name, or its address and port, or `unix:` and its path. */
  readonly name: string;
  /** Where it listens, for people: an address and a port, or `unix:` and a path. */
  readonly address: string;
  /** Where it listens; undefined for a Unix socket. */
  readonly endpoint: ListenerAddress | undefined;
  /** The protocols that its clients may speak; at least one. */
  readonly protocols: readonly InboundName[];
  /** Whether a client must show which user it is. */
  readonly wantsUser: boolean;
  /** Networks that clients may come from, as texts for `IpRanges`. Main checks who connects, and an actor whom a header names. */
  readonly allowClients: readonly string[];
  /**
   * Networks of the proxies that say in a PROXY header from where their clients come; `unix` for a Unix socket. What connects
   * from there must begin with such a header, and no other client may.
   */
  readonly proxyFrom: readonly string[];
  /** What it says of quiet connections; absent for nothing. */
  readonly quiet?: QuietKeys;
}
