// Who waits until listening sockets have been given up. It closes nothing.

interface Waiting {
  /** Whether it waits for the clients that are held, too. */
  readonly isForHeld: boolean;
  readonly done: () => void;
}

export class Leaves {
  #waiting: readonly Waiting[] = [];

  /** Resolves when all sockets that are given up are closed; with `isForHeld` not before the last client that is held has gone. */
  end(isForHeld: boolean): Promise<void> {
    return new Promise((done) => {
      this.#waiting = [...this.#waiting, { isForHeld, done }];
    });
  }

  get areAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** All sockets that are given up are closed, and there are `held` clients. Returns whether a promise was kept. */
  closed(held: number): boolean {
    const over = this.#waiting.filter(({ isForHeld }) => !isForHeld || held === 0);
    this.#waiting = this.#waiting.filter((one) => !over.includes(one));
    for (const { done } of over) done();
    return over.length > 0;
  }
}
