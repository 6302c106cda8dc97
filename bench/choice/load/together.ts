// Has trials begin at the same time: the start of a program takes what others need, and would look like their fault.

export class Together {
  readonly #count: number;
  readonly #come = new Set<object>();
  #begin: () => void = () => {};
  readonly #begun = new Promise<void>((resolve) => {
    this.#begin = resolve;
  });

  /** `count`: as many must come. */
  constructor(count: number) {
    this.#count = count;
  }

  /** Resolves when all have come. Who has come already counts once. */
  come(who: object): Promise<void> {
    this.#come.add(who);
    if (this.#come.size === this.#count) this.#begin();
    return this.#begun;
  }
}
