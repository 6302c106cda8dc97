// The longest silent of many connections: as many as are wanted, without keeping or sorting the others. Pure.

export class Longest<Of extends { readonly silent_ms: number }> {
  readonly #most: number;
  /** The longest silent first. */
  readonly #list: Of[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether one that has been silent for so long would be kept. */
  takes(silent_ms: number): boolean {
    const last = this.#list[this.#most - 1];
    return this.#most > 0 && (last === undefined || silent_ms > last.silent_ms);
  }

  add(one: Of): void {
    if (!this.takes(one.silent_ms)) return;
    let [low, high] = [0, this.#list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#list[middle].silent_ms >= one.silent_ms) low = middle + 1;
      else high = middle;
    }
    this.#list.splice(low, 0, one);
    if (this.#list.length > this.#most) this.#list.pop();
  }

  /** The longest silent first. */
  get list(): readonly Of[] {
    return this.#list;
  }
}
