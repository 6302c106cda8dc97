// How many connections of one user this gateway may have, as a part of what the site may have. The engine holds for each window the
// sum of the site and the part of each gateway in it: both are added to, and the sum says then whether a claim fits. The part tells an
// engine that was emptied, and a claim whose answer was lost. What is claimed ahead is half of what nobody uses, so that gateways with
// few and with many connections of the user both have room, and something is left for a further one. Pure: what is to be asked is
// given, and what the engine has said is an argument.
import { isGrace, leaseEnd, windowAt } from './window.js';

/** The sum of a window, and the part of this gateway in it, are to grow by so many. */
export interface Claim {
  readonly window: number;
  readonly by: number;
}

/** What the engine has in a window after a claim. */
export interface Claimed {
  /** Of this gateway. */
  readonly own: number;
  /** Of the site. */
  readonly sum: number;
}

/** The use of a limit in this gateway. */
export interface Use {
  readonly limit: number;
  readonly live: number;
  /** Connections that were refused since the last look, for the lease had no room. */
  readonly refused: number;
}

/** What is claimed ahead before anything is known of the site. */
const FIRST_SPARE = 4;
/** The sum is looked at again after this time, and what is not needed is given back. */
const REFRESH_MS = 10_000;
/** The same where the site has nothing left. */
const REFRESH_FULL_MS = 5000;
/** After a claim that did not fit, the next one waits. */
const AGAIN_MS = 1000;
/** Somebody was refused: room is kept for another try for this long. */
const WANTED_MS = 5000;
/** A user without a connection keeps its lease for this long. */
const IDLE_MS = 10_000;

export class Lease {
  #granted = 0;
  /** In whose sum `#granted` is; undefined: in none. */
  #window: number | undefined;
  /** What the site has left, at the last answer. */
  #free: number | undefined;
  #asked = Number.NEGATIVE_INFINITY;
  #noMoreUntil = Number.NEGATIVE_INFINITY;
  #wanted = 0;
  #wantedUntil = Number.NEGATIVE_INFINITY;
  #usedAt = Number.NEGATIVE_INFINITY;

  /** Connections that this gateway may have. */
  get granted(): number {
    return this.#granted;
  }

  /** When the lease runs out, by the engine's clock; undefined where there is none. */
  get until(): number | undefined {
    return this.#window === undefined ? undefined : leaseEnd(this.#window);
  }

  /** Whether it is of no use any more: the user has had no connection for a while. */
  isIdle({ live }: Use, time: number): boolean {
    if (live > 0 || this.#usedAt === Number.NEGATIVE_INFINITY) this.#usedAt = time;
    return live === 0 && time - this.#usedAt >= IDLE_MS;
  }

  /** What gives all of it back. */
  release(time: number): readonly Claim[] {
    const claims = this.#window === windowAt(time) ? this.#both(-this.#granted, time) : [];
    this.#granted = 0;
    this.#window = undefined;
    return claims.filter(({ by }) => by !== 0);
  }

  /** What is to be asked now; empty: nothing. `time`: of the engine. */
  plan(use: Use, time: number): readonly Claim[] {
    const window = windowAt(time);
    if (use.refused > 0) {
      this.#wanted = use.refused;
      this.#wantedUntil = time + WANTED_MS;
    }
    const target = this.#target(use, time);
    const claims = this.#claims(window, target, use, time);
    if (claims.length > 0) this.#asked = time;
    return claims;
  }

  #claims(window: number, target: number, { live }: Use, time: number): readonly Claim[] {
    // Carried over: nobody can take it before the grace is over.
    if (this.#window === window - 1) return [{ window, by: Math.min(this.#granted, Math.max(target, live)) }];
    if (this.#window !== window) {
      this.#granted = 0;
      return this.#both(target, time);
    }
    const more = target - this.#granted;
    const isDue = time - this.#asked >= (this.#free === 0 ? REFRESH_FULL_MS : REFRESH_MS);
    if (more > 0 && this.#isShort(target, live) && time >= this.#noMoreUntil) return this.#both(more, time);
    if (more < 0 && (isDue || -more > Math.max(1, this.#granted / 4))) {
      // It is used no more before others may have it.
      this.#granted = target;
      return this.#both(more, time);
    }
    return isDue ? [{ window, by: 0 }] : [];
  }

  /** Half of what it is to have ahead is used. */
  #isShort(target: number, live: number): boolean {
    return (this.#granted - live) * 2 <= target - live;
  }

  #target({ limit, live }: Use, time: number): number {
    if (this.#free === undefined) return Math.min(limit, live + FIRST_SPARE);
    const pool = this.#free + Math.max(0, this.#granted - live);
    const wanted = time < this.#wantedUntil ? this.#wanted : 0;
    // The engine may know of room of which nothing is known here.
    const spare = Math.max(Math.floor(pool / 2), Math.min(Math.max(1, pool), wanted));
    return Math.max(live, Math.min(limit, live + spare));
  }

  /** While leases of the last window hold, its sum must have room, too. */
  #both(by: number, time: number): readonly Claim[] {
    const window = windowAt(time);
    const claim = { window, by };
    return isGrace(time) ? [claim, { window: window - 1, by }] : [claim];
  }

  /** The engine has answered what `plan` gave. Gives what is to be asked at once, and needs no answer. */
  answered(claims: readonly Claim[], answers: readonly Claimed[], { limit }: Use, time: number): readonly Claim[] {
    const [{ window, by }] = claims as readonly [Claim];
    const [{ own, sum }, ...earlier] = answers as readonly [Claimed, ...Claimed[]];
    const isCarried = this.#window === window - 1;
    const before = isCarried ? 0 : this.#granted - Math.min(0, by);
    const wrong = before + by - own;
    const whole = [sum + wrong, ...earlier.map((answer) => answer.sum)];
    const over = Math.max(0, ...whole.map((one) => one - limit));
    const isEmptied = wrong > 0;
    // Nobody knows yet what the others had.
    const back = isEmptied ? Math.max(0, by) : Math.min(Math.max(0, by), over);
    this.#granted = isCarried ? by - back : this.#granted + Math.max(0, by) - back;
    this.#window = window;
    this.#free = Math.max(0, limit - Math.max(...whole) + back);
    if (isEmptied) this.#noMoreUntil = time + REFRESH_MS;
    else if (back > 0) this.#noMoreUntil = time + AGAIN_MS;
    const returned = claims.map((claim) => ({ window: claim.window, by: -back }));
    return [...returned, { window, by: wrong }].filter((claim) => claim.by !== 0);
  }
}
