// How an actor tells main that a connection has ended while main has stopped accepting for want of room: one flag in
// shared memory that main raises, and whoever lowers it rings main's doorbell.

export class RoomFlag {
  readonly #word: Int32Array;

  static create(): SharedArrayBuffer {
    return new SharedArrayBuffer(4);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#word = new Int32Array(memory);
  }

  /** Main: asks to be told when a connection ends. */
  raise(): void {
    Atomics.store(this.#word, 0, 1);
  }

  /** Actor, after a connection has ended: true when main waits for it and must be rung (once a raise). */
  lower(): boolean {
    return Atomics.load(this.#word, 0) === 1 && Atomics.exchange(this.#word, 0, 0) === 1;
  }
}
