// Pages of what is remembered: which destinations match, and those that come next. A page is chosen in one pass over the whole
// table, in which only the page itself is kept, and the place to go on from is the last of the page, so that nothing is kept
// between pages. Pure.

export interface RouteFilter {
  /** A part of the destination's key; empty for all. */
  readonly match: string;
  /** The line of the best candidate; undefined for all. */
  readonly line: number | undefined;
}

/** `name`: by the key. `used`: what was touched last comes first. */
export type RouteSort = 'name' | 'used';

/** One that is listed. `rank`: the lower the earlier; those of equal rank are in the order of their keys. */
export interface Ranked {
  readonly key: string;
  readonly rank: number;
}

export class Listing<One extends Ranked> {
  readonly #after: Ranked | undefined;
  readonly #limit: number;
  readonly #page: One[] = [];
  /** How many there are, in all pages. */
  total = 0;
  #hasMore = false;

  /** `after`: the last one of the page before. */
  constructor(after: Ranked | undefined, limit: number) {
    this.#after = after;
    this.#limit = limit;
  }

  /** Takes one that matches, in any order. */
  add(one: One): void {
    this.total += 1;
    if (this.#after !== undefined && compare(one, this.#after) <= 0) return;
    const place = this.#placeOf(one);
    if (place >= this.#limit) {
      this.#hasMore = true;
      return;
    }
    this.#page.splice(place, 0, one);
    if (this.#page.length <= this.#limit) return;
    this.#page.pop();
    this.#hasMore = true;
  }

  #placeOf(one: Ranked): number {
    let [from, to] = [0, this.#page.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (compare(this.#page[middle], one) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  get page(): readonly One[] {
    return this.#page;
  }

  /** The place from which the next page goes on; undefined at the end. */
  get next(): Ranked | undefined {
    const last = this.#page.at(-1);
    return this.#hasMore && last !== undefined ? { key: last.key, rank: last.rank } : undefined;
  }
}

function compare(one: Ranked, other: Ranked): number {
  if (one.rank !== other.rank) return one.rank - other.rank;
  if (one.key === other.key) return 0;
  return one.key < other.key ? -1 : 1;
}
