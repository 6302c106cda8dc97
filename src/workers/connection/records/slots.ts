// The slots of the records in use: one for each live connection, and one for each of those that ended last. It does not know
// the records. All memory is allocated at the start, and pages that are never used are never touched.

export class Slots {
  readonly #kept: number;
  /** A stack of slots that were used before. */
  readonly #free: Uint32Array;
  #freeCount = 0;
  /** Slots from here on were never used. */
  #fresh = 0;
  /** A ring of the connections that ended last, beginning at `#oldest`. */
  readonly #ended: Uint32Array;
  #endedCount = 0;
  #oldest = 0;
  /** Connections that have ended so far. */
  #endings = 0;
  readonly capacity: number;

  /** Room for `live_max` connections at a time, and for the `kept` that ended last. */
  constructor(live_max: number, kept: number) {
    this.#kept = kept;
    this.capacity = live_max + kept;
    this.#free = new Uint32Array(this.capacity);
    this.#ended = new Uint32Array(kept);
  }

  /** Slots from 0 to below this have been used. */
  get used(): number {
    return this.#fresh;
  }

  /** A slot for one more live connection. Beyond the bound it returns `capacity`, a slot that is never read. */
  take(): number {
    if (this.#freeCount > 0) {
      this.#freeCount -= 1;
      return this.#free[this.#freeCount];
    }
    if (this.#fresh === this.capacity) return this.capacity;
    this.#fresh += 1;
    return this.#fresh - 1;
  }

  /** The connection of a slot has ended. Returns the slot that this frees, of the one that ended longest ago, or -1. */
  end(slot: number): number {
    if (slot === this.capacity) return slot;
    this.#endings += 1;
    if (this.#endedCount < this.#kept) {
      this.#ended[this.#endedCount] = slot;
      this.#endedCount += 1;
      return -1;
    }
    const freed = this.#ended[this.#oldest];
    this.#ended[this.#oldest] = slot;
    this.#oldest = this.#oldest + 1 === this.#kept ? 0 : this.#oldest + 1;
    this.#free[this.#freeCount] = freed;
    this.#freeCount += 1;
    return freed;
  }

  /** The ends so far. */
  get endings(): { readonly count: number; readonly first: number; slotOf(place: number): number } {
    const [count, kept, ended] = [this.#endings, this.#kept, this.#ended];
    return { count, first: count - this.#endedCount, slotOf: (place) => ended[place % kept] };
  }
}
