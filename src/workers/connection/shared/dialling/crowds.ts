// Counts the attempts of one line for one destination and client that are under way, where they may be too many. A proxy that
// leads back to this gateway (two gateways that are each other's line) is a client of it that asks for the same destination again
// and again, and each request begins one more attempt. Other clients are not held up by its crowd. None of them gets an outcome, so when a crowd has its largest size, further races wait until one of its attempts has
// an outcome. In a loop, attempts time out, are told of a time-out further on, or lose their client and are given up. None of that
// makes room, or the loop would grow at one end as fast as it ends at the other, and go round for ever. Where a destination
// answers or refuses, races wait no longer than that takes. Direct lines form no loop: see egress.ts.
import { Deadline, type DeadlineWheel } from '../../../../protocol/deadline-wheel.js';
import type { Options } from '../../../../protocol/options.js';
import type { Waiting } from './attempt-budget.js';

/** With fewer attempts under way on a line, none are counted. */
export const CROWD_LOOK = 8;
const CROWD_MAX = 64;
const CROWD_LEAST = 4;
/** The largest part of an actor's connections that one crowd may have. */
const SHARE = 1 / 8;
/** How long a full crowd stays full after its last attempt was given up: in a loop, waiting races lose their client by then. */
const QUIET_MS = 1000;

export class Crowd {
  readonly key: string;
  readonly quiet: Deadline;
  readonly waiting = new Set<Waiting>();
  running = 0;
  /** Attempts that began since one of them had an outcome. */
  hopeless = 0;

  constructor(key: string, over: (crowd: Crowd) => void) {
    this.key = key;
    this.quiet = new Deadline(() => over(this));
  }
}

export class Crowds {
  #max = 0;
  readonly #deadlines: DeadlineWheel;
  readonly #crowds = new Map<string, Crowd>();

  constructor(options: Pick<Options, 'limits' | 'workers'>, deadlines: DeadlineWheel) {
    this.set(options);
    this.#deadlines = deadlines;
  }

  /** Other limits, for attempts that begin after it. */
  set({ limits, workers }: Pick<Options, 'limits' | 'workers'>): void {
    const share = limits.connections_max === 0 ? CROWD_MAX : Math.floor((limits.connections_max / workers) * SHARE);
    this.#max = Math.max(CROWD_LEAST, Math.min(CROWD_MAX, share));
  }

  /** Number of crowds that are counted. */
  get size(): number {
    return this.#crowds.size;
  }

  /** Whether one more attempt may join the crowd of `key`. */
  hasRoom(key: string): boolean {
    const crowd = this.#crowds.get(key);
    return crowd === undefined || crowd.hopeless < this.#max;
  }

  /** Counts one more attempt, which must be ended by `decided` or `givenUp`. */
  join(key: string): Crowd {
    const crowd = this.#crowds.get(key) ?? new Crowd(key, (over) => this.#end(over));
    this.#crowds.set(key, crowd);
    this.#deadlines.clear(crowd.quiet);
    crowd.running += 1;
    crowd.hopeless += 1;
    return crowd;
  }

  /** The attempt has an outcome that attempts in a loop do not have: a connection, or most failures. */
  decided(crowd: Crowd): void {
    crowd.running -= 1;
    crowd.hopeless = 0;
    if (crowd.running === 0) this.#end(crowd);
    else wake(crowd);
  }

  /** The attempt ended without such an outcome. `now` in ms of the engine's clock. */
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

  /** Wakes the race once when a full crowd has room, unless `forget` is called before. */
  wait(race: Waiting, key: string): void {
    this.#crowds.get(key)?.waiting.add(race);
  }

  /** `keys` are those of all crowds that the race may wait for. */
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
