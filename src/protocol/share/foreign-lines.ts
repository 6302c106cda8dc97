// Which lines are tried last because another gateway says that they are down. It holds for five seconds at a time, and ends at once
// when the line works here: own eyes decide. A gateway whose word was disproved so is not believed about that line for a minute.
// Pure: times are of any one clock.

export const FOREIGN_DOWN_MS = 5000;
export const DISBELIEVED_MS = 60_000;
/** What works this long after the belief has ended still disproves it: it was tried last meanwhile. */
const DISPROVED_WITHIN_MS = 5000;

interface Word {
  /** When the gateway has said so last, and until when that holds. */
  said: number;
  until: number;
  /** Until when the gateway is not believed about the line. */
  disbelieved: number;
}

export class ForeignLines {
  /** By the number of the line, and the name of the gateway; both are bounded by the configuration. */
  readonly #lines = new Map<number, Map<string, Word>>();

  /**
   * A gateway says that a line is down, `age_ms` ago. Returns for how long the line is to be tried last from now on; 0 where it is
   * not believed, or that is over.
   */
  down(gateway: string, line: number, age_ms: number, now: number): number {
    const said = now - age_ms;
    const word = this.#wordOf(gateway, line);
    if (now < word.disbelieved || said + FOREIGN_DOWN_MS <= now) return 0;
    word.said = said;
    word.until = said + FOREIGN_DOWN_MS;
    return word.until - now;
  }

  /** The gateway says that it is up again. Returns whether nobody says now that the line is down, and somebody did. */
  up(gateway: string, line: number, now: number): boolean {
    const words = this.#lines.get(line);
    const word = words?.get(gateway);
    if (word === undefined || now >= word.until) return false;
    word.until = now;
    return !this.isDown(line, now);
  }

  /**
   * Something came over the line at `at`. Who has said before that it is down was wrong. Returns whether the line was tried last for
   * that until now.
   */
  works(line: number, at: number, now: number): boolean {
    const words = this.#lines.get(line);
    if (words === undefined) return false;
    let wasDown = false;
    for (const word of words.values()) {
      if (word.said > at || now >= word.until + DISPROVED_WITHIN_MS) continue;
      wasDown ||= now < word.until;
      word.until = Math.min(word.until, now);
      word.disbelieved = now + DISBELIEVED_MS;
      word.said = Number.POSITIVE_INFINITY;
    }
    return wasDown;
  }

  isDown(line: number, now: number): boolean {
    for (const { until } of this.#lines.get(line)?.values() ?? []) if (now < until) return true;
    return false;
  }

  /** Whether the word of a gateway about a line counts for nothing at the moment. */
  isDisbelieved(gateway: string, line: number, now: number): boolean {
    const word = this.#lines.get(line)?.get(gateway);
    return word !== undefined && now < word.disbelieved;
  }

  /** Nothing is remembered of lines and gateways that the configuration no longer has. */
  keep(lines: ReadonlySet<number>, gateways: ReadonlySet<string>): void {
    for (const [line, words] of this.#lines) {
      if (!lines.has(line)) this.#lines.delete(line);
      for (const gateway of words.keys()) if (!gateways.has(gateway)) words.delete(gateway);
    }
  }

  #wordOf(gateway: string, line: number): Word {
    let words = this.#lines.get(line);
    if (words === undefined) {
      words = new Map();
      this.#lines.set(line, words);
    }
    let word = words.get(gateway);
    if (word === undefined) {
      word = { said: Number.POSITIVE_INFINITY, until: Number.NEGATIVE_INFINITY, disbelieved: Number.NEGATIVE_INFINITY };
      words.set(gateway, word);
    }
    return word;
  }
}
