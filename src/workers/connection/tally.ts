// Counts what sessions do, in the shared memory of their actor. How relays end is counted by connection-end.ts, and what attempts
// do by the race. It knows no socket.
import type { Spoken } from '../../protocol/inbound/spoken.js';
import type { Candidate } from '../../protocol/lines/candidate.js';
import type { HandshakeEnding } from '../../protocol/race/ending.js';
import type { FailureCode } from '../../protocol/race/failure.js';
import type { ConnectionCounts } from '../../threads/shared/connection-counts.js';
import { Counter } from '../../threads/shared/counters.js';
import type { LineCounts } from '../../threads/shared/line-counts.js';

export interface TallyParts {
  readonly counters: Float64Array;
  readonly connectionCounts: Pick<ConnectionCounts, 'opened' | 'handshakeFailed' | 'failed'>;
  readonly lineCounts: Pick<LineCounts, 'won' | 'answered'>;
}

/** An attempt that carries a connection, or was to. Times as in attempt.ts. */
interface Won {
  readonly candidate: Pick<Candidate, 'line'>;
  readonly askedAt: number;
  readonly answeredAt: number;
}

export class Tally {
  readonly #parts: TallyParts;

  constructor(parts: TallyParts) {
    this.#parts = parts;
  }

  /** A client has come, by the listener of this number. */
  opened(listener: number): void {
    const { counters, connectionCounts } = this.#parts;
    counters[Counter.opened] += 1;
    connectionCounts.opened(listener);
  }

  handshakeFailed(spoken: Spoken, how: HandshakeEnding): void {
    const { counters, connectionCounts } = this.#parts;
    connectionCounts.handshakeFailed(spoken, how);
    // That its network is over a limit is counted by limits.ts, and is no mistake of the client.
    if (how !== 'over-limit') counters[Counter.badHandshakes] += 1;
    if (how === 'handshake-timeout') counters[Counter.timeouts] += 1;
  }

  /** The client got a success reply. */
  connected(): void {
    this.#parts.counters[Counter.connected] += 1;
  }

  /** The client went away before a reply. */
  cancelled(): void {
    this.#parts.counters[Counter.failed] += 1;
  }

  /** The client got a failure reply. */
  lost(cause: FailureCode): void {
    const { counters, connectionCounts } = this.#parts;
    counters[Counter.failed] += 1;
    if (cause === 'blocked') counters[Counter.blocked] += 1;
    if (cause === 'egress-denied') counters[Counter.denied] += 1;
    connectionCounts.failed(cause);
  }

  /** `winner` carries a connection. `choice`: what came first to mind, the remembered candidate or else the first to connect. */
  won(winner: Won, choice: Won): void {
    const { lineCounts } = this.#parts;
    const { line } = winner.candidate;
    lineCounts.won(line, line !== choice.candidate.line);
    if (!Number.isNaN(winner.answeredAt)) lineCounts.answered(line, winner.answeredAt - winner.askedAt);
  }

  /** A connection was reset after its success reply, and before a server was chosen to carry it. */
  undecided(): void {
    this.#parts.counters[Counter.resets] += 1;
  }
}
