// What connections hold besides themselves, of several kinds, and what their holders hold in all: the flows of associations. In shared
// memory, by the fds of the connections and by the slots of their holders (shares.ts), so that who closes an fd counts out what it
// held, also for a dead actor. It decides nothing.

export class Held {
  readonly #fdsMax: number;
  readonly #kinds: number;
  /** By fd, and behind them by slot: a number for each kind. */
  readonly #numbers: Int32Array;

  static create(fdsMax: number, slots: number, kinds: number): SharedArrayBuffer {
    return new SharedArrayBuffer(slots === 0 ? 0 : (fdsMax + slots) * kinds * 4);
  }

  constructor(memory: SharedArrayBuffer, fdsMax: number, slots: number) {
    this.#numbers = new Int32Array(memory);
    this.#fdsMax = fdsMax;
    this.#kinds = slots === 0 ? 0 : this.#numbers.length / (fdsMax + slots);
  }

  /** Called by the owner of the fd. */
  add(fd: number, slot: number, kind: number, more: number): void {
    this.#numbers[fd * this.#kinds + kind] += more;
    Atomics.add(this.#numbers, this.#ofSlot(slot) + kind, more);
  }

  on(fd: number, kind: number): number {
    return this.#numbers[fd * this.#kinds + kind];
  }

  by(slot: number, kind: number): number {
    return Atomics.load(this.#numbers, this.#ofSlot(slot) + kind);
  }

  /** The fd is closed: it holds nothing. */
  release(fd: number, slot: number): void {
    for (let kind = 0; kind < this.#kinds; kind += 1) {
      const held = this.on(fd, kind);
      if (held !== 0) this.add(fd, slot, kind, -held);
    }
  }

  #ofSlot(slot: number): number {
    return (this.#fdsMax + slot) * this.#kinds;
  }
}
