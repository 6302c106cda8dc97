// Ends an actor's thread before its heap is full: since Node 24 a thread that reaches its heap limit is not ended by V8,
// but hangs or ends the whole process. A heap that fills within a single turn is not noticed.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { resourceLimits } from 'node:worker_threads';
import type { Pulse } from './pulse.js';

const CHECK_MS = 250;
/** The part of the limit that may be in use. The rest is for growth between two checks, and for V8's own work. */
const PART = 0.8;
/** Growth by less than this part of the limit between two looks counts as none. */
const GROWTH = 0.01;

export class HeapWatch {
  /** In bytes; infinite for a thread without a limit. */
  readonly #limit = (resourceLimits.maxOldGenerationSizeMb ?? Number.POSITIVE_INFINITY) * 1024 * 1024;
  #looked = 0;
  #used = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * For a thread with an engine: call it after each turn; `now` in ms. Throws when the heap is nearly full. Nobody catches
   * the error, so the thread dies and main starts another.
   */
  turned(now: number): void {
    if (now - this.#looked < CHECK_MS) return;
    this.#looked = now;
    this.#look();
  }

  /** For a thread without an engine: looks at each beat, oftener while the heap grows, and throws in the same way. */
  follow(pulse: Pulse): void {
    pulse.each(() => this.#lookOftener());
  }

  #lookOftener(): void {
    const before = this.#used;
    clearTimeout(this.#timer);
    this.#look();
    if (this.#used - before <= this.#limit * GROWTH) return;
    this.#timer = setTimeout(() => this.#lookOftener(), CHECK_MS).unref();
  }

  /** Ends what `follow` began, but for the pulse. */
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

/** A full garbage collection, so that garbage alone ends no thread. It takes a second per GiB; V8 offers no other way. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
