// Which names may be asked for anew although their answers still hold, since no connection to what they say succeeds: soon
// after an address has died its name may have another one. Bounded in number, and seldom for a destination that is down.

/** An answer that is younger says what the servers say now. */
const YOUNG_MS = 100;
/** The first pause between two renewals of a name. */
const LEAST_MS = 1000;
/** Twice as long after each renewal that changes nothing, up to this. */
const MOST_MS = 30_000;
/** After this time without a renewal the pause is the first one again. */
const FORGOTTEN_MS = 2 * MOST_MS;

interface Renewal {
  readonly at: number;
  readonly pause_ms: number;
}

export class Renewals {
  /** The one that was asked for longest ago is first. */
  readonly #last = new Map<string, Renewal>();
  readonly #names_max: number;

  constructor(names_max: number) {
    this.#names_max = names_max;
  }

  /** Whether a name may be asked for anew whose answer came `age_ms` ago; if so, it counts as asked. `now` in ms. */
  begin(name: string, age_ms: number, now: number): boolean {
    if (age_ms < YOUNG_MS) return false;
    const last = this.#last.get(name);
    if (last !== undefined && now < last.at + last.pause_ms) return false;
    const isFollowing = last !== undefined && now < last.at + FORGOTTEN_MS;
    this.#last.delete(name);
    this.#last.set(name, { at: now, pause_ms: isFollowing ? Math.min(last.pause_ms * 2, MOST_MS) : LEAST_MS });
    if (this.#last.size > this.#names_max) this.#last.delete(this.#last.keys().next().value as string);
    return true;
  }

  /** The new answer has other addresses, so the next one may have others again; or the answer has been dropped by hand. */
  changed(name: string): void {
    this.#last.delete(name);
  }
}
