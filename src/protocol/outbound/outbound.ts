// The interface of a kind of hop: how a proxy is asked to connect to the next hop, or to the destination. Each kind is a
// file that implements `HopKind`; chain.ts drives the hops of a line one after another. No sockets and no clock here.
import type { Hop } from '../lines/line.js';
import type { Failure } from '../race/failure.js';

/** What a hop is asked for: the next hop, or the destination. When `host` is a name, the hop resolves it. */
export interface HopTarget {
  readonly host: string;
  readonly port: number;
}

/** The local endpoint of a hop's connection, as the hop reports it (BND.ADDR, BND.PORT of SOCKS5). `ip`: 4 or 16 bytes. */
export interface Bound {
  readonly ip: Uint8Array;
  readonly port: number;
}

/** For a hop that does not report its endpoint. */
export const UNKNOWN_BOUND: Bound = { ip: new Uint8Array(4), port: 0 };

/** `of`: whether the hop itself failed, or the hop reports that its target did. */
export interface HopFailure {
  readonly kind: 'failed';
  readonly failure: Failure;
  readonly of: 'hop' | 'target';
}

/** What is said to a hop first. It fails where the hop's protocol cannot name the target. */
export type Opening = { readonly kind: 'send'; readonly bytes: Uint8Array } | HopFailure;

/** What follows from the bytes that a hop has sent. `size`: how many of them were read; the others are fed again. */
export type HopStep =
  | { readonly kind: 'incomplete' }
  /** `bytes` are to be sent; their answer is read in `phase`. */
  | { readonly kind: 'send'; readonly bytes: Uint8Array; readonly size: number; readonly phase: number }
  /** The hop is connected to its target. */
  | { readonly kind: 'connected'; readonly bound: Bound; readonly size: number }
  | HopFailure;

/**
 * One kind of hop. It keeps no state: the chain keeps the `phase` of the exchange, a number that begins at 0 and whose
 * other values the kind defines. No method throws on bytes of a hop.
 */
export interface HopKind {
  /**
   * The first bytes to send, once the hop is reached. `depth`: how many gateways the request has passed, to be told to the
   * hop; 0 for nothing to tell (see protocol/gateway-depth.ts).
   */
  begin(hop: Hop, target: HopTarget, depth: number): Opening;
  /** Why the hop's protocol has no way to name a target, so that it need not be dialled; without it, all can be named. */
  cannotName?(host: string): Failure | undefined;
  /** Whether the hop has been asked for its target in this phase. Earlier, any failure is the hop's own. */
  hasAsked(phase: number): boolean;
  /** `received`: all bytes that the hop has sent in this phase, lent until the method returns. */
  read(phase: number, received: Uint8Array, hop: Hop, target: HopTarget): HopStep;
}
