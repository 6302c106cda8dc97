// The regular work of a thread without an engine, on one timer: waking an idle thread is dear, so that all of it shares one
// wake-up. A beat is also the thread's sign of life, which main reads in shared memory without asking.

/** Places in the memory: the beats so far, and how late the last one was, in tenths of a ms. */
const BEATS = 0;
const LATE = 1;
const LATE_MOST = 2 ** 31 - 1;
/** While there is work. */
const BUSY_MS = 1000;
/** Main expects a beat within three of its checks, of 2.5 s each. */
const CALM_MS = 4000;

export class Pulse {
  readonly #beats: Int32Array;
  readonly #work: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isBusy = true;
  /** When the next beat should be. */
  #due = Number.POSITIVE_INFINITY;

  constructor(memory: SharedArrayBuffer) {
    this.#beats = new Int32Array(memory);
  }

  /** The memory of one thread's beats. */
  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  }

  /** For main: the beats so far; they wrap around. */
  static read(memory: SharedArrayBuffer): number {
    return Atomics.load(new Int32Array(memory), BEATS);
  }

  /** For main: how late the last beat was, and so what comes to the thread was served, in ms. */
  static late_ms(memory: SharedArrayBuffer): number {
    return Atomics.load(new Int32Array(memory), LATE) / 10;
  }

  /** `work` is done at each beat. */
  each(work: () => void): void {
    this.#work.push(work);
  }

  /** The thread has something to do. Called within a beat, the next beat comes soon; called between two, the one after the next. */
  readonly busy = (): void => {
    this.#isBusy = true;
  };

  start(): void {
    this.#beat();
  }

  /** Ends what `start` began. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #beat(): void {
    const now = performance.now();
    Atomics.store(this.#beats, LATE, Math.min(Math.max(Math.round(10 * (now - this.#due)), 0), LATE_MOST));
    Atomics.add(this.#beats, BEATS, 1);
    const wasBusy = this.#isBusy;
    this.#isBusy = false;
    for (const work of this.#work) work();
    const wait_ms = wasBusy || this.#isBusy ? BUSY_MS : CALM_MS;
    this.#due = performance.now() + wait_ms;
    this.#timer = setTimeout(() => this.#beat(), wait_ms).unref();
  }
}
