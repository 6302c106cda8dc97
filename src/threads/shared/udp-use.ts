// How much all connection actors have together of what is bounded for the gateway: associations, flows, and descriptors of ways.
// Sums in shared memory, and beside them what each actor has, so that what a dead one had can be given back. It decides nothing: see
// udp-limits.ts.

/** What is counted. */
export const Used = { associations: 0, flows: 1, wayFds: 2 } as const;
export type Used = (typeof Used)[keyof typeof Used];

/** The sums, and the numbers of each actor behind them, in 64 bytes: two actors share no cache line. */
const SLICE = 16;

export class UdpUse {
  readonly #numbers: Int32Array;
  readonly #own: number;

  /** `actors`: their numbers are below this. */
  static create(actors: number): SharedArrayBuffer {
    return new SharedArrayBuffer((1 + actors) * SLICE * 4);
  }

  /** Of the actor with this number. */
  constructor(memory: SharedArrayBuffer, actor: number) {
    this.#numbers = new Int32Array(memory);
    this.#own = (1 + actor) * SLICE;
  }

  /** Takes some more for this actor; false where all together would have more than `most`: then nothing is taken. Exact. */
  take(what: Used, more: number, most: number): boolean {
    if (Atomics.add(this.#numbers, what, more) + more > most) {
      Atomics.sub(this.#numbers, what, more);
      return false;
    }
    this.#numbers[this.#own + what] += more;
    return true;
  }

  /** Gives back what this actor has taken. */
  giveBack(what: Used, less: number): void {
    Atomics.sub(this.#numbers, what, less);
    this.#numbers[this.#own + what] -= less;
  }

  /** What all actors have together. */
  total(what: Used): number {
    return Atomics.load(this.#numbers, what);
  }

  /** The actor has nothing: it begins, or has ended. */
  clear(): void {
    for (const what of Object.values(Used)) this.giveBack(what, this.#numbers[this.#own + what]);
  }
}
