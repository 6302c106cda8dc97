// Ends an actor's thread before its heap is full, while that can still be done: from Node 24 on V8 does not end a thread
// that runs into its limit, it hangs or takes the process along. What fills the heap within a single turn it cannot see.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { resourceLimits } from 'node:worker_threads';

const CHECK_MS = 250;
/** Where nothing happens, by a timer: each look wakes the thread. */
const CALM_CHECK_MS = 1000;
/** Of the limit, how much may be in use. The rest is for what comes between two checks, and for V8 to work in. */
const PART = 0.8;
/** Less growth than this part of the limit between two looks is nothing. */
const GROWTH = 0.01;

export class HeapWatch {
  /** Bytes; infinite where the thread has no limit of its own. */
  readonly #limit = (resourceLimits.maxOldGenerationSizeMb ?? Number.POSITIVE_INFINITY) * 1024 * 1024;
  #looked = 0;
  #used = 0;
  #timer: NodeJS.Timeout | undefined;

  /** For a thread that has turns; `now` in ms. Throws, uncaught, when the heap is nearly full: main finds the thread dead. */
  turned(now: number): void {
    if (now - this.#looked < CHECK_MS) return;
    this.#looked = now;
    this.#look();
  }

  /** For a thread that has none: looks by a timer, until `stop`, and throws likewise. */
  start(): void {
    const before = this.#used;
    this.#look();
    const wait_ms = this.#used - before > this.#limit * GROWTH ? CHECK_MS : CALM_CHECK_MS;
    this.#timer = setTimeout(() => this.start(), wait_ms).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#measure();
    if (this.#used < this.#limit * PART) return;
    collect();
    this.#measure();
    if (this.#used < this.#limit * PART) return;
    const allowed_mb = Math.floor((this.#limit * PART) / 1024 / 1024);
    throw new Error(`out of memory: more than ${allowed_mb} MiB of JavaScript objects`);
  }

  #measure(): void {
    this.#used = getHeapStatistics().used_heap_size;
  }
}

/** A full collection, so that garbage ends no connection. V8 has no other way to ask for one; it takes a second a GiB. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
