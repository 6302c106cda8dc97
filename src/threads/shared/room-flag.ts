// Tells main that a connection has ended while main accepts no clients for want of room: main raises one flag in shared
// memory, and the actor that lowers it rings main's doorbell. It counts nothing.

export class RoomFlag {
  readonly #word: Int32Array;

  static create(): SharedArrayBuffer {
    return new SharedArrayBuffer(4);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#word = new Int32Array(memory);
  }

  /** Main: asks to be rung when a connection ends. */
  raise(): void {
    Atomics.store(this.#word, 0, 1);
  }

  /** Actor, after a connection has ended: whether main waits for this and must be rung. True once for each `raise`. */
  lower(): boolean {
    return Atomics.load(this.#word, 0) === 1 && Atomics.exchange(this.#word, 0, 0) === 1;
  }
}
