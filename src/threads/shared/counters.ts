// The counters of the connection actors, in shared memory: each actor writes its own slice, and main reads all slices
// without a message. It knows no actor that has died: a restarted actor goes on counting in the same slice.

/** The places of the counters in an actor's slice. All of them only grow. */
export const Counter = {
  /** Connections taken from the queue. */
  opened: 0,
  /** Connections that have ended in any way. */
  closed: 1,
  /** Turns of the actor's loop: its heartbeat. */
  turns: 2,
  /** Clients that got a success reply. */
  connected: 3,
  /** Clients that got a failure reply, or that went away before a reply. */
  failed: 4,
  /** Clients whose handshake was no SOCKS5, timed out or was cut short. */
  badHandshakes: 5,
  /** Attempts (dials) started. */
  attempts: 6,
  /** Names that connections asked for, and those that the actor's own replica answered. */
  names: 7,
  namesKnown: 8,
  /** Bytes from clients to destinations, and from destinations to clients. */
  bytesUp: 9,
  bytesDown: 10,
  /** Connections that ended by a reset of either side, and by a timeout. */
  resets: 11,
  timeouts: 12,
  /** Log records that were dropped because main was behind. */
  logsDropped: 13,
  /** Races for a destination without a remembered candidate that works. */
  firstContacts: 14,
  /** ClientHellos sent again to another candidate, and connections that such a candidate then carried. */
  replays: 15,
  rescued: 16,
  /** Clients whose destination a rule blocks; `failed` counts them too. */
  blocked: 17,
  /** Connections that ended by both sides closing. */
  completed: 18,
  /** Connections that were cut because their actor died, or because the time to drain was over. */
  cut: 19,
  /** Socket events that no handler had asked for: bugs of ours. */
  unasked: 20,
  /** Clients whose destination the egress policy denies; `failed` counts them too. */
  denied: 21,
  /** Names and passwords of clients that were right; that were wrong; that were not compared, for too many wrong ones. */
  claimsKnown: 22,
  claimsUnknown: 23,
  claimsTooMany: 24,
  /** Clients that got a failure reply since their network or their user is over a limit; `failed` counts them too. */
  limited: 25,
  /** Clients behind a proxy whose network is over a limit, however they ended; connections of users that are over a limit. */
  limitedTold: 26,
  limitedUsers: 27,
  /** Lines of the access log that were dropped because main was behind. */
  accessDropped: 28,
  /** Connections that were reset because they hung on a line that was dead, or whose link was gone. */
  deadLine: 29,
  /** Silent connections that were probed since connections_max was near, and that were ended since it was reached. */
  probedForRoom: 30,
  endedForRoom: 31,
  /** Connections that an operator has closed. */
  closedByOperator: 32,
  /** First contacts of which the share actor was asked what other gateways know, and hints that came. */
  hintsAsked: 33,
  hintsTold: 34,
  /** Of these: hints that came when the race had begun to dial. */
  hintsTooLate: 35,
  /** First contacts that began with the line of another gateway's hint, and connections that this line then carried. */
  hintsFirst: 36,
  hintsUseful: 37,
} as const;
export type Counter = (typeof Counter)[keyof typeof Counter];

/** Counters in 64 bytes: slices of two actors share no cache line. */
const CACHE_LINE = 8;
const SLICE = Math.ceil(Object.keys(Counter).length / CACHE_LINE) * CACHE_LINE;

export class Counters {
  readonly #values: Float64Array;

  static create(actors: number): SharedArrayBuffer {
    return new SharedArrayBuffer(actors * SLICE * 8);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#values = new Float64Array(memory);
  }

  /** The slice of one actor. Only that actor writes it. */
  of(actor: number): Float64Array {
    return this.#values.subarray(actor * SLICE, (actor + 1) * SLICE);
  }

  read(actor: number, counter: Counter): number {
    return this.#values[actor * SLICE + counter];
  }

  /** Of all actors. */
  sum(counter: Counter): number {
    let total = 0;
    for (let at: number = counter; at < this.#values.length; at += SLICE) total += this.#values[at];
    return total;
  }
}
