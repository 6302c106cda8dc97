// Lines of the log since the last time, read from main's last lines. They hold no secrets: none are logged.
import type { LinesSince, RecentLine } from '../../../threads/contracts/admin/gateway.js';
import type { Level } from '../../../threads/log.js';
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
  /** Lines that there were, and that are not here. */
  readonly left_out: number;
}

/** A line with its number among all lines, by which nobody is told of it twice. */
export interface PlacedLine {
  readonly place: number;
  readonly line: LogLine;
}

export interface PlacedLines {
  /** The number of the next line. */
  readonly next: number;
  readonly lines: readonly PlacedLine[];
  readonly left_out: number;
}

/** Of this level or above, the last `most`. `since`: undefined for all that main has kept. */
export async function logLines(
  { gateway }: Pick<AdminParts, 'gateway'>,
  since: number | undefined,
  level: Level,
  most: number,
): Promise<PlacedLines | undefined> {
  const answer = await within<LinesSince>(ASK_MS, gateway.log(since, level, most));
  if (answer.code !== 'answered') return undefined;
  const { next, lines, left_out } = answer.value;
  return { next, lines: lines.map((one) => ({ place: one.place, line: read(one) })), left_out };
}

function read({ level, text }: RecentLine): LogLine {
  const { time, msg, level: _, ...fields } = JSON.parse(text) as Record<string, unknown>;
  return { at: String(time), level, message: String(msg ?? ''), fields };
}
