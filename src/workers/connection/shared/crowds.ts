// Attempts of one line for one destination that are under way, counted where they may be too many. A proxy that leads back to
// this gateway (two gateways that are each other's line) asks it for the same destination again, and each request begins one
// more attempt. None of them comes to anything, so a crowd waits, once it is as large as allowed, until one of it does. In a
// loop that is the first one, which times out: all others then lose their client, one after the other, and what is given up
// so makes no room, or the loop would grow at one end as fast as it ends at the other. Where a destination answers or
// refuses, nobody waits for longer than that takes. Direct lines form no loop: see egress.ts.
import { Deadline, type DeadlineWheel } from '../../../protocol/deadline-wheel.js';
import type { Options } from '../../../protocol/options.js';
import type { Waiting } from './attempt-budget.js';

/** With fewer attempts under way on a line nothing is counted. */
export const CROWD_LOOK = 8;
const CROWD_MAX = 64;
const CROWD_LEAST = 4;
/** Of an actor's connections, one crowd has at most this part. */
const SHARE = 1 / 8;
/** How long a full crowd stays full once all of it has been given up: what waits has lost its client by then, if it will. */
const QUIET_MS = 1000;

export class Crowd {
  readonly key: string;
  readonly quiet: Deadline;
  readonly waiting = new Set<Waiting>();
  running = 0;
  /** Those that began since one came to something. */
  hopeless = 0;

  constructor(key: string, over: (crowd: Crowd) => void) {
    this.key = key;
    this.quiet = new Deadline(() => over(this));
  }
}

export class Crowds {
  readonly #max: number;
  readonly #deadlines: DeadlineWheel;
  readonly #crowds = new Map<string, Crowd>();

  constructor({ limits, workers }: Pick<Options, 'limits' | 'workers'>, deadlines: DeadlineWheel) {
    const share = limits.connections_max === 0 ? CROWD_MAX : Math.floor((limits.connections_max / workers) * SHARE);
    this.#max = Math.max(CROWD_LEAST, Math.min(CROWD_MAX, share));
    this.#deadlines = deadlines;
  }

  /** Crowds that are counted. */
  get size(): number {
    return this.#crowds.size;
  }

  hasRoom(key: string): boolean {
    const crowd = this.#crowds.get(key);
    return crowd === undefined || crowd.hopeless < this.#max;
  }

  /** One more attempt. It must leave. */
  join(key: string): Crowd {
    const crowd = this.#crowds.get(key) ?? new Crowd(key, (over) => this.#end(over));
    this.#crowds.set(key, crowd);
    this.#deadlines.clear(crowd.quiet);
    crowd.running += 1;
    crowd.hopeless += 1;
    return crowd;
  }

  /** It has come to something, be it a failure. */
  decided(crowd: Crowd): void {
    crowd.running -= 1;
    crowd.hopeless = 0;
    if (crowd.running === 0) this.#end(crowd);
    else wake(crowd);
  }

  /** `now` in ms of the engine's clock. */
  givenUp(crowd: Crowd, now: number): void {
    crowd.running -= 1;
    if (crowd.running > 0) return;
    if (crowd.waiting.size === 0) this.#end(crowd);
    else this.#deadlines.set(crowd.quiet, now + QUIET_MS);
  }

  #end(crowd: Crowd): void {
    this.#deadlines.clear(crowd.quiet);
    if (this.#crowds.get(crowd.key) === crowd) this.#crowds.delete(crowd.key);
    wake(crowd);
  }

  /** The race is told once when there is room in a full crowd, unless it is forgotten before. */
  wait(race: Waiting, key: string): void {
    this.#crowds.get(key)?.waiting.add(race);
  }

  /** `keys`: of all that it may wait for. */
  forget(race: Waiting, keys: readonly string[]): void {
    for (const key of keys) {
      const crowd = this.#crowds.get(key);
      if (crowd?.waiting.delete(race) && crowd.waiting.size === 0 && crowd.running === 0) this.#end(crowd);
    }
  }
}

function wake(crowd: Crowd): void {
  const woken = [...crowd.waiting];
  crowd.waiting.clear();
  for (const race of woken) race.roomMade();
}
