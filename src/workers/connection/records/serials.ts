// The serial numbers of connections, by which one is told from another that has its slot later, and which slots were taken
// last. Noting one is two numbers in memory that is had once.

/** Openings that are remembered: as many as ends are. */
const REMEMBERED = 1024;
/** Serial numbers of actors that start in different ms differ while fewer connections a ms are opened. */
const PER_MS = 1000;

export class Serials {
  readonly #serials: Float64Array;
  readonly #last = new Uint32Array(REMEMBERED);
  readonly #base: number;
  #count = 0;

  /** `now`: in ms since 1970. */
  constructor(slots: number, now: number) {
    this.#serials = new Float64Array(slots);
    this.#base = now * PER_MS;
  }

  /** The slot has been given to a new connection. */
  opened(slot: number): void {
    this.#last[this.#count % REMEMBERED] = slot;
    this.#count += 1;
    this.#serials[slot] = this.#base + this.#count;
  }

  /** Connections so far. */
  get count(): number {
    return this.#count;
  }

  /** From this one on their slots are remembered, counted from 0. */
  get first(): number {
    return Math.max(this.#count - REMEMBERED, 0);
  }

  of(slot: number): number {
    return this.#serials[slot];
  }

  /** The slot of the connection that was opened at this place in all, counted from 0; undefined if it has another one since. */
  slotOf(place: number): number | undefined {
    const slot = this.#last[place % REMEMBERED];
    return this.#serials[slot] === this.#base + place + 1 ? slot : undefined;
  }
}
