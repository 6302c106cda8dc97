// The last lines of the log, for who looks at the gateway: as many as fit, those of warnings and errors apart, so that a flood of
// others does not displace them. It writes nothing.
import type { LinesSince } from '../../threads/contracts/admin/gateway.js';
import type { Level } from '../../threads/log.js';

/** Lines of each kind. */
const KEPT = 256;
/** Longer ones are only counted. */
const LINE_CHARACTERS_MAX = 4096;
/** The levels as pino numbers them. */
const LEVELS: ReadonlyMap<number, Level> = new Map([
  ...([
    [10, 'trace'],
    [20, 'debug'],
    [30, 'info'],
  ] as const),
  ...([
    [40, 'warn'],
    [50, 'error'],
    [60, 'fatal'],
  ] as const),
]);
const SEVERE = 40;

interface Placed {
  readonly place: number;
  readonly level: number;
  readonly text: string;
}

export class RecentLines {
  #count = 0;
  readonly #counted: Record<Level, number> = { trace: 0, debug: 0, info: 0, warn: 0, error: 0, fatal: 0 };
  readonly #severe = new Ring();
  readonly #others = new Ring();

  /** `line`: JSON with a line end. `level`: as pino numbers it. */
  add(level: number, line: string): void {
    const place = this.#count;
    this.#count += 1;
    this.#counted[LEVELS.get(level) ?? 'info'] += 1;
    if (line.length > LINE_CHARACTERS_MAX) return;
    (level >= SEVERE ? this.#severe : this.#others).add({ place, level, text: line.trimEnd() });
  }

  /** For each of the levels the last `most` of it or above. `since`: undefined for all that are kept. */
  since(since: number | undefined, levels: readonly Level[], most: number): LinesSince {
    const first = since ?? 0;
    const after = [...this.#severe.after(first), ...this.#others.after(first)].sort((a, b) => a.place - b.place);
    const wanted = levels.map((level) => {
      const meant = after.filter((one) => one.level >= numberOf(level));
      return meant.slice(Math.max(meant.length - most, 0));
    });
    const lines = after.filter((line) => wanted.some((some) => some.includes(line)));
    return {
      next: this.#count,
      lines: lines.map(({ place, level, text }) => ({ place, level: LEVELS.get(level) ?? 'info', text })),
      counted: { ...this.#counted },
    };
  }
}

const numberOf = (level: Level): number => [...LEVELS].find(([, name]) => name === level)?.[0] ?? 0;

/** The last ones that were added. */
class Ring {
  readonly #lines: Placed[] = [];
  #next = 0;

  add(line: Placed): void {
    this.#lines[this.#next] = line;
    this.#next = (this.#next + 1) % KEPT;
  }

  after(place: number): readonly Placed[] {
    return this.#lines.filter((one) => one.place >= place);
  }
}
