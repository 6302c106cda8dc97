// Notices from the counters of all actors when no connection succeeds any more, and then asks the actors for the last
// failure. It does not judge single failures: the connection actors do.
import type { LastFailure } from '../../threads/contracts/connection.js';
import { within } from '../../threads/within.js';
import type { Notices } from '../process/notices.js';

const LOOK_MS = 5000;
/** This many failures since the last success, over this many looks, are not the fault of a single destination. */
const FAILURES_MIN = 10;
const LOOKS_MIN = 2;
/** The time for an actor to answer with its last failure. */
const ASK_MS = 1000;

/** Sums over all actors. */
export interface ConnectionSums {
  readonly connected: number;
  readonly failed: number;
  /** The parts of `failed` that rules blocked, that the egress policy denied, and that were over a limit. */
  readonly blocked: number;
  readonly denied: number;
  readonly limited: number;
}

/** What is asked of a connection actor. */
export interface FailureTeller {
  lastFailure(): Promise<LastFailure | undefined>;
}

export interface FailureWatchParts {
  readonly stats: () => ConnectionSums;
  readonly actors: () => readonly (FailureTeller | undefined)[];
  readonly notices: Notices;
}

export class FailureWatch {
  readonly #parts: FailureWatchParts;
  readonly #timer: NodeJS.Timeout;
  #connected = 0;
  /** The failures at the last success, and the looks with failures since then. */
  #failedBefore = 0;
  #looks = 0;
  #failing = false;

  constructor(parts: FailureWatchParts, look_ms = LOOK_MS) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#look(), look_ms);
    this.#timer.unref();
  }

  #look(): void {
    const { connected, failed: all, blocked, denied, limited } = this.#parts.stats();
    const failed = all - blocked - denied - limited;
    if (connected > this.#connected) {
      this.#connected = connected;
      this.#failedBefore = failed;
      this.#looks = 0;
      if (this.#failing) this.#recovered();
      return;
    }
    const failures = failed - this.#failedBefore;
    this.#looks = failures > 0 ? this.#looks + 1 : 0;
    if (this.#failing || failures < FAILURES_MIN || this.#looks < LOOKS_MIN) return;
    this.#failing = true;
    void this.#tell(failures);
  }

  async #tell(failures: number): Promise<void> {
    const asked = this.#parts.actors().map((actor) => (actor === undefined ? [] : within(ASK_MS, actor.lastFailure())));
    const answers = await Promise.all(asked.flat());
    let last: LastFailure | undefined;
    for (const answer of answers) {
      if (answer.code !== 'answered' || answer.value === undefined) continue;
      if (last === undefined || answer.value.age_ms < last.age_ms) last = answer.value;
    }
    const message = `no connection succeeds: ${failures} have failed since the last one that did`;
    if (this.#failing) {
      this.#parts.notices.tell({
        topic: 'connections',
        good: false,
        level: 'warn',
        message,
        fields: { last: last?.what },
      });
    }
  }

  #recovered(): void {
    this.#failing = false;
    const message = 'connections succeed again';
    this.#parts.notices.tell({ topic: 'connections', good: true, level: 'info', message, fields: {} });
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
