// That another gateway says that a line is down. Own eyes go before it: it counts for nothing where the line has worked here since it
// was said, it ends at once when the line works, and the gateway is told so. Which gateways are believed is decided in
// protocol/share/foreign-lines.ts. Pure: time is an argument.

export interface ForeignDown {
  readonly by: string;
  readonly ago_ms: number;
  readonly for_ms: number;
}

export class ForeignWord {
  #by = '';
  #until = Number.NEGATIVE_INFINITY;
  /** When the last word was said that nothing has answered yet. */
  #unanswered = Number.POSITIVE_INFINITY;

  /** `worked`: when the line last worked here. */
  said({ by, ago_ms, for_ms }: ForeignDown, worked: number, now: number): void {
    if (for_ms <= 0) {
      this.#until = Number.NEGATIVE_INFINITY;
      return;
    }
    this.#unanswered = now - ago_ms;
    if (worked >= this.#unanswered) return;
    this.#by = by;
    this.#until = now + for_ms;
  }

  /** The line has worked at that time. Returns true if that answers a word, of which others need to know. */
  works(at: number): boolean {
    if (at < this.#unanswered) return false;
    this.#unanswered = Number.POSITIVE_INFINITY;
    this.#until = Number.NEGATIVE_INFINITY;
    return true;
  }

  /** Whose word holds; undefined where none does. */
  by(now: number): string | undefined {
    return now < this.#until ? this.#by : undefined;
  }
}
