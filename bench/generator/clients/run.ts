// One load while the generator carries it out: its clients, their deadline, and the count of their outcomes. The thread
// does nothing else meanwhile: it stays in the engine, so that libuv costs nothing.
import type { Engine } from '../../../src/linux/engine/engine.js';
import type { Handler, Socket } from '../../../src/linux/engine/socket.js';
import type { Outcome, Way } from '../../shared/messages.js';
import { dial } from './dial.js';
import type { ClientParts, Participant } from './parts.js';
import { Route } from './route.js';
import { Tally } from './tally.js';

/** The longest that a connection may be without progress. */
const PROGRESS_TIMEOUT_MS = 10_000;
const SWEEP_MS = 500;
/** The longest that an outcome waits for others to be handled with it. */
const GATHER_MS = 1;

/** Participants that begin at times of their own. */
export interface Arrivals {
  /** Begins those that are due. Returns when the next is due, or undefined when none is left. All in ms of the engine's clock. */
  begin(now_ms: number, until_ms: number): number | undefined;
}

/** What goes on beside a load. */
export interface Beside {
  /** Called in each turn, at `now_ms` of the engine's clock. */
  beat(now_ms: number): void;
}

export interface Manner {
  /** Called once when the duration is over. */
  readonly ending?: () => void;
  /** Outcomes that a turn waits for, at most for GATHER_MS: fewer calls into the kernel are cheaper. */
  readonly gather?: number;
  /** Then the load lasts until none is left. */
  readonly arrivals?: Arrivals;
}

export class Run implements ClientParts {
  readonly engine: Engine;
  readonly route: Route;
  tally = new Tally();
  readonly #beside: Beside | undefined;
  readonly #participants = new Set<Participant>();
  #until_ms = Number.POSITIVE_INFINITY;

  constructor(engine: Engine, way: Way, beside?: Beside) {
    this.engine = engine;
    this.route = new Route(way);
    this.#beside = beside;
  }

  /** False once the load's duration is over: nothing new begins then. */
  get goesOn(): boolean {
    return this.engine.now < this.#until_ms;
  }

  dial(handler: Handler): Socket | string {
    return dial(this.engine, handler, this.route.nextSource(), this.route.entry);
  }

  joined(participant: Participant): void {
    this.#participants.add(participant);
  }

  left(participant: Participant): void {
    this.#participants.delete(participant);
  }

  /** How long the next turn may wait. */
  #patience_ms(longest_ms: number, due_ms: number | undefined): number {
    const now_ms = this.engine.clock();
    // A wait of less than 1 ms would be none with epoll; arrivals are worth it.
    if (due_ms !== undefined) return Math.max(0, Math.min(longest_ms, due_ms - now_ms));
    return Math.max(1, Math.min(longest_ms, this.#until_ms - now_ms));
  }

  /** Starts the load and returns when the last participant has left. With an infinite duration they leave by themselves. */
  carryOut(duration_ms: number, begin: () => void, { ending, gather = 1, arrivals }: Manner = {}): Outcome {
    this.tally = new Tally();
    const cpuBefore = process.cpuUsage();
    // `engine.now` is the time of the last turn, which belongs to the last load.
    this.engine.turn(0);
    const began_ms = performance.now();
    this.#until_ms = this.engine.now + duration_ms;
    begin();
    const longest_ms = gather > 1 ? GATHER_MS : SWEEP_MS;
    let sweep_ms = this.engine.now + SWEEP_MS;
    let ended = false;
    while (true) {
      const due_ms = arrivals?.begin(this.engine.clock(), this.#until_ms);
      if (due_ms === undefined && this.#participants.size === 0) break;
      this.engine.turn(this.#patience_ms(longest_ms, due_ms), gather);
      this.#beside?.beat(this.engine.now);
      if (!ended && !this.goesOn) {
        ended = true;
        ending?.();
      }
      if (this.engine.now < sweep_ms) continue;
      sweep_ms = this.engine.now + SWEEP_MS;
      for (const participant of this.#participants) participant.expire(this.engine.now - PROGRESS_TIMEOUT_MS);
    }
    // The kernel closes the last connections in one more turn.
    this.engine.turn(0);
    const { tally } = this;
    const elapsed_ms = performance.now() - began_ms;
    const cpu_us = process.cpuUsage(cpuBefore);
    return {
      verified: tally.verified,
      bytes: tally.bytes,
      elapsed_ms,
      latency: tally.latency.percentiles(),
      curve: tally.latency.curve(),
      failures: tally.failures(),
      cpu_us,
    };
  }
}
