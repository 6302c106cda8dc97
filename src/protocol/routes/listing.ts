// Pages of what is remembered: which destinations match, and those that come next. A page is chosen in one pass over the whole
// table, in which little more than the page itself is kept, and the place to go on from is the last of the page, so that nothing is kept
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

/** So many times the page is gathered before it is put in order. */
const GATHERED = 4;

export class Listing<One extends Ranked> {
  readonly #after: Ranked | undefined;
  readonly #limit: number;
  /** At least the first ones of those that were added. */
  #gathered: One[] = [];
  /** What is behind it is on a later page; undefined while the page is not full. */
  #last: One | undefined;
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
    if (this.#last !== undefined && compare(one, this.#last) > 0) {
      this.#hasMore = true;
      return;
    }
    this.#gathered.push(one);
    if (this.#gathered.length >= this.#limit * GATHERED) this.#cut();
  }

  #cut(): void {
    const all = this.#gathered.sort(compare);
    if (all.length < this.#limit) return;
    this.#hasMore ||= all.length > this.#limit;
    this.#gathered = all.slice(0, this.#limit);
    this.#last = this.#gathered.at(-1);
  }

  get page(): readonly One[] {
    this.#cut();
    return this.#gathered;
  }

  /** The place from which the next page goes on; undefined at the end. */
  get next(): Ranked | undefined {
    const last = this.page.at(-1);
    return this.#hasMore && last !== undefined ? { key: last.key, rank: last.rank } : undefined;
  }
}

function compare(one: Ranked, other: Ranked): number {
  if (one.rank !== other.rank) return one.rank - other.rank;
  if (one.key === other.key) return 0;
  return one.key < other.key ? -1 : 1;
}
