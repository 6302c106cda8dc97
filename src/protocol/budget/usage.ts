// What lines have carried on each of the last days, as text too, for the file that outlives the process. Lines are known by what
// they are (lines/numbers.ts), so that a change of the tree keeps what they have used, and days are kept apart, so that a month
// may begin on another day. Pure.
import { type Day, isDay, type Month } from './month.js';

/** Two months of the longest kind. */
const DAYS_MAX = 62;
/** Lines that are known at a time; the one that carried something longest ago is dropped. */
const LINES_MAX = 4096;
/** Longer than the identity of a line with the most proxies. */
const IDENTITY_MAX = 32_768;
/** Room for all lines with all days, where names are of a usual length. */
export const USAGE_OCTETS_MAX = 32 * 1024 * 1024;

const FORMAT = 'tcproute-usage';
/** The beginning of our files, of any version. */
export const USAGE_BEGIN = /^\{"format":"tcproute-usage"/;
const VERSION = 1;

/** Bytes that a line has carried. */
export interface LineUse {
  readonly identity: string;
  readonly bytes: number;
}

export type ParsedUsage =
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'invalid'; readonly why: string };

export class Usage {
  readonly #lines = new Map<string, Map<Day, number>>();

  add(identity: string, day: Day, bytes: number): void {
    let days = this.#lines.get(identity);
    if (days === undefined) {
      if (this.#lines.size >= LINES_MAX) this.#dropOldest();
      days = new Map();
      this.#lines.set(identity, days);
    }
    days.set(day, (days.get(day) ?? 0) + bytes);
    if (days.size > DAYS_MAX) days.delete(earliest(days));
  }

  /** Bytes in the days of a month. */
  within(identity: string, { begins, ends }: Month): number {
    let bytes = 0;
    for (const [day, carried] of this.#lines.get(identity) ?? []) if (day >= begins && day < ends) bytes += carried;
    return bytes;
  }

  /** One line of text. */
  toText(): string {
    const lines = Object.fromEntries([...this.#lines].map(([line, days]) => [line, Object.fromEntries(days)]));
    return `${JSON.stringify({ format: FORMAT, version: VERSION, lines })}\n`;
  }

  #dropOldest(): void {
    let [oldest, last]: [string, Day] = ['', '~'];
    for (const [identity, days] of this.#lines) {
      const day = latest(days);
      if (day < last) [oldest, last] = [identity, day];
    }
    this.#lines.delete(oldest);
  }
}

const earliest = (days: ReadonlyMap<Day, number>): Day =>
  [...days.keys()].reduce((one, other) => (other < one ? other : one));
const latest = (days: ReadonlyMap<Day, number>): Day =>
  [...days.keys()].reduce((one, other) => (other > one ? other : one));

/** Reads what `toText` has made. Whatever the text is, nothing is thrown. */
export function parseUsage(text: string): ParsedUsage {
  const whole = parse(text);
  if (!isRecord(whole) || whole['format'] !== FORMAT) return invalid('not a list of what lines have carried');
  if (whole['version'] !== VERSION) return invalid(`version ${JSON.stringify(whole['version'])}`);
  const { lines } = whole;
  if (!isRecord(lines)) return invalid('damaged');
  const usage = new Usage();
  for (const [identity, days] of Object.entries(lines)) {
    if (identity.length > IDENTITY_MAX || !isRecord(days)) return invalid('damaged');
    for (const [day, bytes] of Object.entries(days)) {
      if (!isDay(day) || !isCount(bytes)) return invalid('damaged');
      usage.add(identity, day, bytes);
    }
  }
  return { kind: 'usage', usage };
}

/** A number that is too large to be one would come back as none. */
const isCount = (bytes: unknown): bytes is number =>
  typeof bytes === 'number' && bytes >= 0 && bytes < Number.POSITIVE_INFINITY;

const invalid = (why: string): ParsedUsage => ({ kind: 'invalid', why });

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
