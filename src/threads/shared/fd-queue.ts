// Hands accepted fds from main to one connection actor: a single-producer, single-consumer ring in shared memory, of one
// number for each client (hand-off.ts). It carries nothing else and rings no doorbell itself: `mustRing` says when the
// sleeping consumer must be woken, and `mustTell` when the resting producer must be.
// An fd in the ring belongs to main until the actor has written its owner entry and calls `taken`.
//
// Memory order, also where the processor reorders much (arm64). Atomics are sequentially consistent (ECMA-262, memory model), and
// two things need that. An entry is written before HEAD is stored, and read after the same HEAD was loaded: the load sees the
// store, so all that was written before it is seen, without an atomic access to the entry; TAIL gives the place back likewise. And
// of the two orders "store SLEEPING, load HEAD" here and "store HEAD, load SLEEPING" there, at least one load sees the other
// side's store, so no client is left behind with a sleeping consumer and no ring. RESTING needs no pair: a rest ends by itself.

const HEAD = 0;
const TAIL = 1;
const SLEEPING = 2;
const RESTING = 3;
const HEADER_WORDS = 16;

export class FdQueue {
  readonly #words: Int32Array;
  readonly #capacity: number;

  /** `capacity` is a power of two. */
  static create(capacity: number): SharedArrayBuffer {
    return new SharedArrayBuffer((HEADER_WORDS + capacity) * 4);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#capacity = this.#words.length - HEADER_WORDS;
  }

  /** Producer: `handedOff` is not negative. False when the ring is full. */
  push(handedOff: number): boolean {
    const head = Atomics.load(this.#words, HEAD);
    if (((head - Atomics.load(this.#words, TAIL)) | 0) >= this.#capacity) return false;
    this.#words[HEADER_WORDS + (head & (this.#capacity - 1))] = handedOff;
    Atomics.store(this.#words, HEAD, (head + 1) | 0);
    return true;
  }

  /** Producer, after pushing: whether the consumer sleeps and must be rung. True once for each sleep. */
  mustRing(): boolean {
    return Atomics.load(this.#words, SLEEPING) === 1 && Atomics.exchange(this.#words, SLEEPING, 0) === 1;
  }

  /** Producer: pushes nothing more until `rouse`, or until the consumer has nothing to do and rings. */
  rest(): void {
    Atomics.store(this.#words, RESTING, 1);
  }

  /** Producer: the rest is over. */
  rouse(): void {
    Atomics.store(this.#words, RESTING, 0);
  }

  /** Whether the producer rests, and the consumer has not rung since. */
  get isResting(): boolean {
    return Atomics.load(this.#words, RESTING) === 1;
  }

  /** Consumer, with nothing to do: whether the producer rests and must be rung. True once for each rest. */
  mustTell(): boolean {
    return this.isResting && Atomics.exchange(this.#words, RESTING, 0) === 1;
  }

  /** Consumer: the next client, -1 when there is none. It stays in the ring until `taken`. */
  next(): number {
    const tail = this.#words[TAIL];
    if (Atomics.load(this.#words, HEAD) === tail) return -1;
    return this.#words[HEADER_WORDS + (tail & (this.#capacity - 1))];
  }

  /** Consumer: the owner entry of the client from `next` is written; the client leaves the ring. */
  taken(): void {
    Atomics.store(this.#words, TAIL, (this.#words[TAIL] + 1) | 0);
  }

  /** Consumer, before it waits: false when a client has been pushed meanwhile, and it must not wait. */
  fallAsleep(): boolean {
    Atomics.store(this.#words, SLEEPING, 1);
    if (Atomics.load(this.#words, HEAD) === this.#words[TAIL]) return true;
    Atomics.store(this.#words, SLEEPING, 0);
    return false;
  }

  /** Consumer, after it has waited. */
  wakeUp(): void {
    Atomics.store(this.#words, SLEEPING, 0);
  }

  /** Consumer: all clients in the ring, which stay there. */
  waiting(): readonly number[] {
    const tail = this.#words[TAIL];
    const at = (place: number): number => this.#words[HEADER_WORDS + ((tail + place) & (this.#capacity - 1))];
    return Array.from({ length: this.length }, (_, place) => at(place));
  }

  /** Fds in the ring. */
  get length(): number {
    return (Atomics.load(this.#words, HEAD) - Atomics.load(this.#words, TAIL)) | 0;
  }
}
