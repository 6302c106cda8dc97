// Has trials begin at the same time: the start of a program takes what others need, and would look like their fault.

export class Together {
  #missing: number;
  #begin: () => void = () => {};
  readonly #begun = new Promise<void>((resolve) => {
    this.#begin = resolve;
  });

  /** `count`: as many must come. */
  constructor(count: number) {
    this.#missing = count;
  }

  /** Resolves when all have come. */
  come(): Promise<void> {
    this.#missing -= 1;
    if (this.#missing === 0) this.#begin();
    return this.#begun;
  }
}
