// The interface of a way: what an association sends through for one line. For a direct line it is a socket of each family, for a
// line with proxies an association at each of them. All flows of the association over that line share it, so that a peer sees one
// address and port of the client, whichever flow has spoken (endpoint-independent mapping, RFC 4787 section 4.1). Types only.
import type { Batch, Outgoing } from '../../../../linux/udp/datagrams.js';
import type { Target } from '../../../../protocol/address/target.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';

/** How a destination is named to a way. Made once for a flow. */
export interface WayAddress {
  /** Where the datagram goes first, as packed by `packAddress`; undefined: to where the way's socket is connected. */
  readonly to: Uint8Array | undefined;
  /** What stands in front of the datagram; undefined for nothing. */
  readonly head: Uint8Array | undefined;
}

export interface Way {
  readonly line: DialLine;
  readonly state: 'opening' | 'open' | 'failed';
  /** `ip`: what was resolved here, which a direct line needs; without it the proxy resolves the target's name. */
  addressOf(target: Target, ip: Uint8Array | undefined): WayAddress | Failure;
  /** Sends `out`, whose `to` and `head` the way fills in. Only while it is open. */
  send(address: WayAddress, out: Outgoing): void;
  /** The same for one datagram of the heap, which is copied. */
  sendCopy(address: WayAddress, bytes: Uint8Array, ecn: number): void;
  /** Nothing is told any more. */
  close(): void;
}

/** Hears of a way. Nothing is called within a call of the way. */
export interface WayOutcome {
  /** Its control connection, by whose fd the descriptors of the way are counted. */
  readonly client: { readonly fd: number };
  opened(way: Way): void;
  /** Before it was open, or later, such as when a proxy has ended its control connection. Called once; it is closed by then. */
  failed(way: Way, failure: Failure): void;
  /** Datagrams have come: `batch.from` is who has truly sent them, and the headers of proxies are gone. */
  came(way: Way, batch: Batch): void;
  /** The network answers what was sent there that it cannot be delivered (ICMP). */
  bounced(way: Way, ip: Uint8Array, port: number, failure: Failure): void;
}
