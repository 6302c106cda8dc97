// Lines of the log since the last time, read from main's last lines. They hold no secrets: none are logged.
import type { LinesSince, RecentLine } from '../../../threads/contracts/admin/gateway.js';
import { LEVELS, type Level } from '../../../threads/log.js';
import { within } from '../../../threads/within.js';
import type { AdminParts } from '../shared/parts.js';

const ASK_MS = 500;

export interface LogLine {
  /** RFC 3339. */
  readonly at: string;
  readonly level: Level;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface LogNews {
  readonly lines: readonly LogLine[];
  /** Lines that were wanted, and that are not here. */
  readonly left_out: number;
}

/** A line with its number among all lines, by which nobody is told of it twice. */
export interface PlacedLine {
  readonly place: number;
  readonly line: LogLine;
}

export interface PlacedLines extends Pick<LinesSince, 'next' | 'counted'> {
  readonly lines: readonly PlacedLine[];
}

/** For each level the last `most` of it or above. `since`: undefined for all that main has kept. */
export async function logLines(
  { gateway }: Pick<AdminParts, 'gateway'>,
  since: number | undefined,
  levels: readonly Level[],
  most: number,
): Promise<PlacedLines | undefined> {
  const answer = await within<LinesSince>(ASK_MS, gateway.log(since, levels, most));
  if (answer.code !== 'answered') return undefined;
  const { lines, ...rest } = answer.value;
  return { ...rest, lines: lines.map((one) => ({ place: one.place, line: read(one) })) };
}

/** What one hearer is told of the log, which is of its level or above. What others want beside it is nothing to it. */
export class LogHearer {
  readonly #level: Level;
  readonly #most: number;
  /** Lines from this number on are new to it; undefined before it has been greeted. */
  #from: number | undefined;
  /** How many lines of its level or above there were before that number; undefined where main has not said so yet. */
  #heard: number | undefined;

  constructor(level: Level, most: number) {
    this.#level = level;
    this.#most = most;
  }

  /** The last lines. `log`: undefined where main does not answer; then those that come are told. */
  greet(log: PlacedLines | undefined): LogNews | undefined {
    this.#from = log?.next ?? 0;
    this.#heard = log && this.#count(log);
    return log && { lines: this.#meant(log, 0), left_out: 0 };
  }

  /** Those that are new to it. */
  news(log: PlacedLines): LogNews | undefined {
    if (this.#from === undefined) return undefined;
    const lines = this.#meant(log, this.#from);
    const count = this.#count(log);
    const left_out = Math.max(count - (this.#heard ?? count) - lines.length, 0);
    this.#from = Math.max(log.next, this.#from);
    this.#heard = Math.max(count, this.#heard ?? 0);
    return { lines, left_out };
  }

  #meant({ lines }: PlacedLines, from: number): readonly LogLine[] {
    const meant = lines.filter(({ place, line }) => place >= from && isMeant(line.level, this.#level));
    return meant.slice(Math.max(meant.length - this.#most, 0)).map(({ line }) => line);
  }

  #count({ counted }: PlacedLines): number {
    return LINE_LEVELS.reduce((sum, level) => sum + (isMeant(level, this.#level) ? counted[level] : 0), 0);
  }
}

const LINE_LEVELS = LEVELS.filter((level): level is Level => level !== 'silent');

const isMeant = (level: Level, least: Level): boolean => LEVELS.indexOf(level) >= LEVELS.indexOf(least);

function read({ level, text }: RecentLine): LogLine {
  const { time, msg, level: _, ...fields } = JSON.parse(text) as Record<string, unknown>;
  return { at: String(time), level, message: String(msg ?? ''), fields };
}
