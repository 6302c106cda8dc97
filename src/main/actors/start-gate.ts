// Bounds how many actors start at a time. A start takes CPU time (a thread, its modules, its engine): when 64 start at once
// on two cores, each takes 12 s, and each start has a deadline. The gate starts nothing itself.

export class StartGate {
  readonly #parallel: number;
  readonly #waiting: (() => void)[] = [];
  #starting = 0;
  #closed = false;

  constructor(parallel: number) {
    this.#parallel = parallel;
  }

  /** Calls `start` when it is its turn, and resolves with its outcome; undefined when the gate was closed before. */
  async pass<T>(start: () => Promise<T>): Promise<T | undefined> {
    if (this.#starting >= this.#parallel) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#starting += 1;
    // A start that ends passes its place on, without changing the count.
    try {
      return this.#closed ? undefined : await start();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#starting -= 1;
      else next();
    }
  }

  /** Waiting and later starts do not take place. */
  close(): void {
    this.#closed = true;
  }
}
