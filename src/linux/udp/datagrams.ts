// Datagrams as an engine tells of them and takes them. Types only. Both objects are written anew for each use, so that a datagram
// allocates nothing: who wants to keep something of them copies it.
import type { Memory } from '../memory.js';

/** Who has sent. The words of the address in network order as signed integers: an IPv4 address has only `a`. */
export interface Sender {
  isIpv6: boolean;
  a: number;
  b: number;
  c: number;
  d: number;
  port: number;
}

/**
 * What one receive has brought, all of one sender: `count` datagrams, one behind the other from `offset` on, each of `stride` bytes
 * and the last one of `last`. There are several only where the kernel has joined them (UDP GRO). Lent until `onDatagrams` returns.
 */
export interface Batch {
  readonly memory: Memory;
  readonly offset: number;
  readonly count: number;
  readonly stride: number;
  readonly last: number;
  readonly from: Readonly<Sender>;
  /** The two bits of RFC 3168. */
  readonly ecn: number;
  /** Whether it came in fragments, so that its sender allows them. */
  readonly wasFragmented: boolean;
}

/**
 * What is to be sent: `count` datagrams, one every `stride` bytes from `offset` on, each of `size` bytes and the last one of `last`,
 * and each with `head` in front of it.
 */
export interface Outgoing {
  /** As `packAddress` makes it; undefined: to the peer with which the socket is connected. */
  to: Uint8Array | undefined;
  head: Uint8Array | undefined;
  memory: Memory;
  offset: number;
  count: number;
  stride: number;
  size: number;
  last: number;
  ecn: number;
  mayFragment: boolean;
}
