// What each connection actor counts, in shared memory: an actor writes its own slice, main reads them all, no messages.

/** Places in an actor's slice. */
export const Counter = {
  /** Connections taken from the queue. */
  opened: 0,
  /** Connections that have ended, however. */
  closed: 1,
  /** Turns of the actor's loop: its heartbeat. */
  turns: 2,
  /** Clients that were answered with success. */
  connected: 3,
  /** Clients that were answered with a failure, or that went before an answer. */
  failed: 4,
  /** Clients whose handshake was no SOCKS5, timed out or was cut short. */
  badHandshakes: 5,
  /** Attempts (dials) started. */
  attempts: 6,
  /** Names that connections asked for, and those of them that the actor knew itself. */
  names: 7,
  namesKnown: 8,
  /** Bytes from clients to destinations, and back. */
  bytesUp: 9,
  bytesDown: 10,
  /** Connections that ended by a reset of either side, and by a timeout. */
  resets: 11,
  timeouts: 12,
  /** Log records that were dropped because main was behind. */
  logsDropped: 13,
  /** Races for a destination of which nothing that works was remembered. */
  firstContacts: 14,
  /** ClientHellos sent again to another candidate, and connections that were carried by such a one. */
  replays: 15,
  rescued: 16,
  /** Clients whose destination a rule blocks; they count as failed too. */
  blocked: 17,
  /** Connections that both sides have ended. */
  completed: 18,
  /** Connections that were cut because their actor ended. */
  cut: 19,
  /** Events of sockets that were told to a handler which had not asked for them: bugs of ours. */
  unasked: 20,
} as const;
export type Counter = (typeof Counter)[keyof typeof Counter];

const SLICE = 32;

export class Counters {
  readonly #values: Float64Array;

  static create(actors: number): SharedArrayBuffer {
    return new SharedArrayBuffer(actors * SLICE * 8);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#values = new Float64Array(memory);
  }

  /** The slice of one actor, for it alone to write. */
  of(actor: number): Float64Array {
    return this.#values.subarray(actor * SLICE, (actor + 1) * SLICE);
  }

  read(actor: number, counter: Counter): number {
    return this.#values[actor * SLICE + counter];
  }
}
