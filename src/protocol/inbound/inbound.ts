// A way in: how a protocol reads what a client says before its connection stands, and what it answers. Types only: each
// protocol is a file beside this one. A way in has no socket and no clock, and does not carry out the request.
import type { Target } from '../address/target.js';
import type { Failure, FailureCode } from '../race/failure.js';

/**
 * Reads one message of a client. It knows nothing of the connection: another `Inbound` reads what follows the message.
 * So one object serves all connections. A protocol can follow a header, and a protocol can be chosen by its first byte,
 * by an `Inbound` that hands the same bytes to another one.
 */
export interface Inbound {
  /**
   * Reads the message that begins at `start`. After `incomplete` it gets the same bytes again, with more behind them. It
   * keeps none of them, and no bytes make it throw. It bounds the message: it refuses a longer one, and does not wait.
   */
  feed(bytes: Uint8Array, start: number, end: number): InboundStep;
}

export type InboundStep = Incomplete | Proceed | Requested | Refused;

export interface Incomplete {
  readonly kind: 'incomplete';
}

/** The message is whole, and the client has more to say. */
export interface Proceed {
  readonly kind: 'proceed';
  /** Bytes of the message. */
  readonly size: number;
  /** What the client is sent at once; undefined where it expects nothing. */
  readonly answer: Uint8Array | undefined;
  /** Reads what follows. */
  readonly next: Inbound;
}

/** The client has said where it wants to go, and waits for one of `replies`. */
export interface Requested {
  readonly kind: 'requested';
  readonly target: Target;
  /** What came behind the request, for the destination; undefined for nothing. A copy. */
  readonly early: Uint8Array | undefined;
  /** The name with which the client has authenticated itself; undefined for none. */
  readonly user: string | undefined;
  readonly replies: Replies;
}

/** The client cannot be served. */
export interface Refused {
  readonly kind: 'refused';
  /** What the client is sent before the end; undefined for one that would not understand it. */
  readonly answer: Uint8Array | undefined;
  /** The word of the record for such an end of a connection. */
  readonly ending: string;
  /** What the client does wrong, where that shows a wrong setting. */
  readonly misfit: Misfit | undefined;
}

/** What a client does that shows a wrong setting, for the operator. */
export interface Misfit {
  /** Tells one misfit from another. */
  readonly what: string;
  /** Stands behind "a client at ADDRESS". */
  readonly sentence: string;
}

/** How a protocol answers a request, and the code of each answer as the record has it. */
export interface Replies {
  readonly successCode: number;
  failureCode(code: FailureCode): number;
  /** The connection stands; here it has this address (4 or 16 bytes) and port. */
  success(ip: Uint8Array, port: number): Uint8Array;
  failure(failure: Failure): Uint8Array;
}
