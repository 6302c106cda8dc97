// What transfers have carried lately, in shared memory, so that an actor can tell what all transfers of one site over one line carry
// together: a client's connections are spread over the actors. Each actor writes memory of its own. Times are in ms since 1970.

/** Transfers of one actor that are known at a time; a further one takes the place of the one that was first. */
const SLOTS = 64;
/** Of a slot: which site, line and way; bytes a second; when the span ended. */
const WIDTH = 3;

export class BulkSpans {
  readonly #values: Float64Array;
  readonly #own: number;
  /** Numbers of actors are below this. */
  #actors: number;
  #next = 0;

  static create(actors: number): SharedArrayBuffer {
    return new SharedArrayBuffer(actors * SLOTS * WIDTH * 8);
  }

  /** `actor`: the number of the actor that writes. */
  constructor(memory: SharedArrayBuffer, actor: number) {
    this.#values = new Float64Array(memory);
    this.#own = actor * SLOTS;
    this.#actors = actor + 1;
    // Of an actor that had this number before.
    this.#values.fill(0, this.#own * WIDTH, (this.#own + SLOTS) * WIDTH);
  }

  /** There are so many actors; there may have been more. */
  reach(actors: number): void {
    this.#actors = Math.max(this.#actors, actors);
  }

  /** A place for one more transfer of this actor. */
  take(): number {
    const slot = this.#own + this.#next;
    this.#next = (this.#next + 1) % SLOTS;
    return slot;
  }

  /** `group`: a number, not 0, for the site, line and way. */
  put(slot: number, group: number, bytes_s: number, ended: number): void {
    this.#values.set([group, bytes_s, ended], slot * WIDTH);
  }

  /** The transfer is over. */
  clear(slot: number, group: number): void {
    if (this.#values[slot * WIDTH] === group) this.#values[slot * WIDTH] = 0;
  }

  /** Bytes a second of all transfers of a group but that in a slot, by their last spans that ended after `since`. */
  beside(group: number, slot: number, since: number): number {
    let bytes_s = 0;
    for (let other = 0; other < this.#actors * SLOTS; other += 1) {
      const at = other * WIDTH;
      if (this.#values[at] === group && other !== slot && this.#values[at + 2] >= since)
        bytes_s += this.#values[at + 1];
    }
    return bytes_s;
  }
}
