// The regular work of a thread without an engine, on one timer: waking an idle thread is dear, so that all of it shares one
// wake-up. A beat is also the thread's sign of life, which main reads in shared memory without asking.

/** While there is work. */
const BUSY_MS = 1000;
/** Main expects a beat within three of its checks, of 2.5 s each. */
const CALM_MS = 4000;

export class Pulse {
  readonly #beats: Int32Array;
  readonly #work: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isBusy = true;

  /** `memory` has room for one number: the beats so far. */
  constructor(memory: SharedArrayBuffer) {
    this.#beats = new Int32Array(memory);
  }

  /** The memory of one thread's beats. */
  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  }

  /** For main: the beats so far; they wrap around. */
  static read(memory: SharedArrayBuffer): number {
    return Atomics.load(new Int32Array(memory), 0);
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
    Atomics.add(this.#beats, 0, 1);
    const wasBusy = this.#isBusy;
    this.#isBusy = false;
    for (const work of this.#work) work();
    this.#timer = setTimeout(() => this.#beat(), wasBusy || this.#isBusy ? BUSY_MS : CALM_MS).unref();
  }
}
