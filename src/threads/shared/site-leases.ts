// What the site leaves to this gateway of the connections of each user, in shared memory: the share actor claims it ahead and writes
// it, and connection actors read it for each request of a user. Nothing waits for another thread, or for the engine. A user is known by
// its slot in user-table.ts.
import { localShare } from '../../protocol/share/quota/site-budget.js';
import type { OnLoss, ShareOptions } from '../../protocol/share-options.js';

const SECOND_US = 1_000_000n;
/** The engine is away when it has not answered for this long. */
const REACHED_S = 15n;

/** What holds where there is no lease. */
export interface LeaseRules {
  readonly on_loss: OnLoss;
  /** Gateways of the site, at least 1. */
  readonly gateways: number;
}

/** Undefined where each gateway has its own limits. */
export const leaseRulesOf = ({ url, limits, on_loss, gateways }: ShareOptions): LeaseRules | undefined =>
  url === null || !limits ? undefined : { on_loss, gateways: Math.max(1, gateways.length) };

/** The monotonic clock, which all threads share, in µs. */
const sharedClock = (): bigint => process.hrtime.bigint() / 1000n;

export class SiteLeases {
  readonly #clock: () => bigint;
  /** Until when the engine counts as reached, in µs. */
  readonly #reached: BigInt64Array;
  /** By slot: when the lease runs out, in µs; 0 for none. */
  readonly #until: BigInt64Array;
  readonly #granted: Int32Array;
  /** Requests, and those that were refused since the lease had no room; both wrap around. */
  readonly #asked: Int32Array;
  readonly #refused: Int32Array;

  /** Pages of slots that nobody uses are never touched. */
  static create(slots: number): SharedArrayBuffer {
    return new SharedArrayBuffer(8 + slots * 20);
  }

  /** `clock`: in µs, the same in all threads. */
  constructor(memory: SharedArrayBuffer, clock = sharedClock) {
    const slots = (memory.byteLength - 8) / 20;
    const column = (number: number): Int32Array => new Int32Array(memory, 8 + slots * (8 + 4 * number), slots);
    this.#clock = clock;
    this.#reached = new BigInt64Array(memory, 0, 1);
    this.#until = new BigInt64Array(memory, 8, slots);
    this.#granted = column(0);
    this.#asked = column(1);
    this.#refused = column(2);
  }

  // For connection actors

  /** How many connections a user may have in this gateway now, where it may have `limit` in the site. */
  most(slot: number, limit: number, { on_loss, gateways }: LeaseRules): number {
    Atomics.add(this.#asked, slot, 1);
    const now = this.#clock();
    const until = Atomics.load(this.#until, slot);
    if (until > now) return Math.min(limit, Atomics.load(this.#granted, slot));
    const isReached = Atomics.load(this.#reached, 0) > now;
    // The first connections of a user are made while its lease is asked for.
    if (until === 0n && isReached) return localShare(limit, gateways);
    if (on_loss === 'allow') return limit;
    return on_loss === 'deny' ? 0 : localShare(limit, gateways);
  }

  refused(slot: number): void {
    Atomics.add(this.#refused, slot, 1);
  }

  // For the share actor

  /** The engine has done what it was asked. */
  reached(): void {
    Atomics.store(this.#reached, 0, this.#clock() + REACHED_S * SECOND_US);
  }

  /** False where the rule for a lost engine holds. */
  get isReached(): boolean {
    return Atomics.load(this.#reached, 0) > this.#clock();
  }

  /** `rest_ms`: for how long the lease holds. */
  grant(slot: number, granted: number, rest_ms: number): void {
    Atomics.store(this.#granted, slot, granted);
    Atomics.store(this.#until, slot, this.#clock() + BigInt(Math.max(1, Math.floor(rest_ms * 1000))));
  }

  /** The user has no lease any more, and may get another one. */
  drop(slot: number): void {
    Atomics.store(this.#until, slot, 0n);
  }

  asked(slot: number): number {
    return Atomics.load(this.#asked, slot);
  }

  /** Requests that were refused since the last time. */
  takeRefused(slot: number): number {
    return Atomics.exchange(this.#refused, slot, 0);
  }
}
