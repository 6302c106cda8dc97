// Lets only some actors start at a time. A start is CPU time of the machine (a thread, its modules, its engine): with 64 at
// once on two cores each takes 12 s, and none may take longer than its timeout. It starts nothing itself.

export class StartGate {
  readonly #parallel: number;
  readonly #waiting: (() => void)[] = [];
  #starting = 0;
  #closed = false;

  constructor(parallel: number) {
    this.#parallel = parallel;
  }

  /** Resolves with the outcome of `start`, once it has had its turn; undefined when the gate was closed before. */
  async pass<T>(start: () => Promise<T>): Promise<T | undefined> {
    if (this.#starting >= this.#parallel) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#starting += 1;
    // The place of the one before is this one's now.
    try {
      return this.#closed ? undefined : await start();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#starting -= 1;
      else next();
    }
  }

  /** What waits, and what comes later, is not started. */
  close(): void {
    this.#closed = true;
  }
}
