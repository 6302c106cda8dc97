// The interface of a way in: a protocol by which a client says where it wants to go, and gets an answer. Types only: each
// protocol is a file beside this one. A way in has no socket and no clock, and does not carry out the request.
import type { Target } from '../address/target.js';
import type { HandshakeEnding } from '../race/ending.js';
import type { Failure, FailureCode } from '../race/failure.js';
import type { Spoken } from './spoken.js';

/**
 * Reads one message of a client and names the `Inbound` that reads what follows. The first one holds nothing of a connection, so
 * one object serves all connections; the next ones may. An `Inbound` can read a header and name the protocol behind it, or look
 * at the first byte and hand the same bytes to the `Inbound` of that protocol.
 */
export interface Inbound {
  /**
   * Reads the message that begins at `start`. After `incomplete` it is called with the same bytes and more behind them. It
   * keeps none of the bytes and throws on none. It bounds the message: a longer one is refused, never `incomplete`.
   */
  feed(bytes: Uint8Array, start: number, end: number): InboundStep;
  /** What a client speaks that has sent these bytes of an incomplete message, and no more; for the counters. */
  speaks(begun: Uint8Array): Spoken;
}

export type InboundStep = Incomplete | Proceed | Claimed | Requested | Associated | Refused;

/** The message is not whole yet. */
export interface Incomplete {
  readonly kind: 'incomplete';
}

/** The message is whole, and another one follows. */
export interface Proceed {
  readonly kind: 'proceed';
  /** Bytes of the message. */
  readonly size: number;
  /** Bytes to send to the client at once; undefined for none. */
  readonly answer: Uint8Array | undefined;
  /** Reads the next message. */
  readonly next: Inbound;
  /** From where the client really comes, where a header in front of its protocol says so; undefined for "as it seems". */
  readonly client: ClientAddress | undefined;
}

/** Where a client comes from. */
export interface ClientAddress {
  /** 4 or 16 bytes. */
  readonly ip: Uint8Array;
  readonly port: number;
}

/**
 * The client says who it is. The caller judges the claim, which may take a while, and goes on with `accepted` or `denied`. The
 * request that follows is that user's. Bytes behind the claim are kept meanwhile.
 */
export interface Claimed {
  readonly kind: 'claimed';
  /** The name as the client gave it, a tag included. */
  readonly name: string;
  readonly password: string;
  /** Its size is 0 where the same message is read again. */
  readonly accepted: Proceed;
  readonly denied: Refused;
}

/** The client has named its target and waits for one of `replies`. */
export interface Requested {
  readonly kind: 'requested';
  readonly target: Target;
  /** A copy of the bytes behind the request, which are for the destination; undefined for none. */
  readonly early: Uint8Array | undefined;
  /** How many gateways the request has passed, where they say so (see gateway-depth.ts). */
  readonly depth?: number;
  /** What ends the request; undefined where all bytes up to the client's end are for the destination. */
  readonly body: RequestBody | undefined;
  readonly replies: Replies;
}

/** The client wants to send datagrams for as long as its connection lasts (UDP ASSOCIATE, RFC 1928 section 7). */
export interface Associated {
  readonly kind: 'associated';
  /** The port from which the client says that its datagrams will come; 0 where it does not say so. */
  readonly port: number;
  /** How many gateways the request has passed (see gateway-depth.ts). */
  readonly depth: number;
  readonly replies: Replies;
  /** For a client that asks where datagrams are not carried. */
  readonly unserved: Refused;
}

/** Finds the end of a request that is followed by bytes which are not for the destination. It has the state of one request. */
export interface RequestBody {
  /** Whether the request is complete: nothing more is for the destination. */
  readonly isOver: boolean;
  /** Whether the request breaks its protocol, so that nobody knows where it ends. */
  readonly isMalformed: boolean;
  /** So many of the next bytes belong to the request, whatever they are. */
  readonly certain: number;
  /** Takes the next bytes of the client, and returns how many of them, from the first, belong to the request. */
  take(bytes: Uint8Array, start: number, end: number): number;
  /** The next `size` bytes, at most `certain`, belong to the request and were not looked at. */
  pass(size: number): void;
}

/** The client cannot be served. */
export interface Refused {
  readonly kind: 'refused';
  /** What the client speaks, or is to speak here; for the counters. */
  readonly spoken: Spoken;
  /** Bytes to send before closing; undefined for a client that would not understand them. */
  readonly answer: Uint8Array | undefined;
  /** How the connection's record names this end. */
  readonly ending: HandshakeEnding;
  /** Set when the client's mistake shows a wrong setting. */
  readonly misfit: Misfit | undefined;
}

/** A mistake of a client that shows a wrong setting, for the operator. */
export interface Misfit {
  /** A short name, different for each kind of mistake. */
  readonly what: string;
  /** Follows "a client at ADDRESS" in the log. */
  readonly sentence: string;
}

/** How a protocol answers a request: the bytes, and their code for the connection's record. */
export interface Replies {
  readonly successCode: number;
  failureCode(code: FailureCode): number;
  /**
   * The candidate is connected from this local address (4 or 16 bytes) and port. Empty where the client gets no answer but the
   * destination's. The next call may write to the same array.
   */
  success(ip: Uint8Array, port: number): Uint8Array;
  /** `line`: the name of the line that failed so; undefined where it was none of them. */
  failure(failure: Failure, line?: string): Uint8Array;
}
