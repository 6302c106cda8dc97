// What this gateway and the site have used of one budget in a month. The engine holds the sum of the site and what is of this
// gateway in it, so that an answer that was lost counts once, an engine that was emptied gets again what it had, and a gateway that
// has lost its own count goes on with it. Pure.

export type MonthQuestion =
  /** Tells both numbers. */
  | { readonly kind: 'read' }
  /** Adds to both, and tells them. */
  | { readonly kind: 'add'; readonly bytes: number };

export class MonthUse {
  /** What of this gateway is in the engine; undefined where that is not known, or may have changed. */
  #told: number | undefined;
  /** What the engine had of this gateway beyond what it knew itself. */
  #forgotten = 0;
  #isFirst = true;
  #others: number | undefined;

  /** What the other gateways have used; undefined before the first answer. */
  get others(): number | undefined {
    return this.#others;
  }

  /** `used`: what this gateway has used, as it knows itself. */
  question(used: number): MonthQuestion {
    if (this.#told === undefined) return { kind: 'read' };
    const bytes = used + this.#forgotten - this.#told;
    return bytes > 0 ? { kind: 'add', bytes } : { kind: 'read' };
  }

  /** `own` and `sum`: what the engine has of this gateway and of the site, after it did what it was asked. */
  answered(used: number, own: number, sum: number): void {
    if (this.#isFirst) this.#forgotten = Math.max(0, own - used);
    this.#isFirst = false;
    this.#told = own;
    // What this gateway had forgotten is the site's all the same.
    this.#others = Math.max(0, sum - own) + this.#forgotten;
  }

  /** Nobody knows whether it was added. */
  unanswered(): void {
    this.#told = undefined;
  }
}
