// What one kind of hop is: how a line asks a proxy to take it to the next hop, or to the destination. Each kind is a file
// that implements `HopKind`; chain.ts drives the hops of a line one after the other. Pure: no sockets and no clock here.
import type { Hop } from '../lines/line.js';
import type { Failure } from '../race/failure.js';

/** Where a hop is asked to go: the next hop, or the destination. A name stays a name, and is resolved there. */
export interface HopTarget {
  readonly host: string;
  readonly port: number;
}

/** Where a hop says that the connection begins (BND.ADDR and BND.PORT of SOCKS5); its address as 4 or 16 bytes. */
export interface Bound {
  readonly ip: Uint8Array;
  readonly port: number;
}

/** What follows from the bytes that a hop has sent. `size`: how many of them have been read; the rest is fed again. */
export type HopStep =
  | { readonly kind: 'incomplete' }
  /** These bytes are to be sent, and the answer to them is read in `phase`. */
  | { readonly kind: 'send'; readonly bytes: Uint8Array; readonly size: number; readonly phase: number }
  /** The hop is connected to its target. */
  | { readonly kind: 'connected'; readonly bound: Bound; readonly size: number }
  /** `of`: whether the hop itself failed, or it says that its target did. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly of: 'hop' | 'target' };

/**
 * One kind of hop. It keeps nothing: where the exchange stands is its `phase`, a number of its own, which begins as 0 and
 * which the chain keeps. No method throws on what a hop sends.
 */
export interface HopKind {
  /** The first bytes to send, once the hop is reached. */
  begin(hop: Hop, target: HopTarget): Uint8Array;
  /** Whether the hop has been asked for its target by then: before that, whatever goes wrong is the hop's failure. */
  hasAsked(phase: number): boolean;
  /** `received`: all that the hop has sent in this phase, lent until the method returns. */
  read(phase: number, received: Uint8Array, hop: Hop, target: HopTarget): HopStep;
}
