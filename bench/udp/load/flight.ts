// What the generator has sent and what has come back, by number. Pure: times are arguments, in milliseconds.
import { Histogram } from '../../shared/histogram.js';

/** Datagrams that are remembered: more than a second's, at any rate that one process sends. */
const REMEMBERED = 1 << 20;
const MASK = REMEMBERED - 1;

export class Flight {
  /** After this time an answer is not expected any more; one that comes all the same counts. */
  readonly #patience_ms: number;
  readonly #sentAt = new Float64Array(REMEMBERED);
  /** 1 while the datagram is under way. */
  readonly #isOpen = new Uint8Array(REMEMBERED);
  /** 1 while its answer is waited for. */
  readonly #isAwaited = new Uint8Array(REMEMBERED);
  readonly latency = new Histogram();
  /** The number of the next datagram. */
  next = 0;
  #oldest = 0;
  answered = 0;
  wrong = 0;
  /** Those whose answer is waited for. */
  underWay = 0;

  constructor(patience_ms: number) {
    this.#patience_ms = patience_ms;
  }

  /** The next `count` datagrams go out. */
  sent(count: number, now_ms: number): void {
    for (let i = 0; i < count; i += 1) {
      const at = this.next & MASK;
      this.#sentAt[at] = now_ms;
      this.#isOpen[at] = 1;
      this.#isAwaited[at] = 1;
      this.next += 1;
    }
    this.underWay += count;
    this.#oldest = Math.max(this.#oldest, this.next - REMEMBERED);
  }

  cameBack(number: number, now_ms: number): void {
    const at = number & MASK;
    if (number >= this.next || number < this.next - REMEMBERED || this.#isOpen[at] === 0) {
      this.wrong += 1;
      return;
    }
    this.#isOpen[at] = 0;
    this.answered += 1;
    this.latency.record(now_ms - this.#sentAt[at]);
    if (this.#isAwaited[at] === 0) return;
    this.#isAwaited[at] = 0;
    this.underWay -= 1;
  }

  /** Gives up what was sent too long ago. */
  expire(now_ms: number): void {
    for (; this.#oldest < this.next; this.#oldest += 1) {
      const at = this.#oldest & MASK;
      if (this.#isAwaited[at] === 0) continue;
      if (now_ms - this.#sentAt[at] < this.#patience_ms) return;
      this.#isAwaited[at] = 0;
      this.underWay -= 1;
    }
  }
}
