// What lines have carried on each of the last days, and users in the last months, as text too, for the file that outlives the
// process. Lines are known by what they are (lines/numbers.ts), so that a change of the tree keeps what they have used, and their
// days are kept apart, so that a month may begin on another day. Users are known by their names, and there may be many: of them
// there is one number for a month. Pure.
import { type Day, isDay, type Month } from './month.js';

/** How much is kept. Of those that are known at a time, the one that carried something longest ago is dropped. */
interface UsageBounds {
  readonly names_max: number;
  /** Days of one name. */
  readonly days_max: number;
}

/** Two months of the longest kind. */
const OF_LINES: UsageBounds = { names_max: 4096, days_max: 62 };
/** What a user has carried in a month stands at the first day of it: that of this month and of the last one. */
const OF_USERS: UsageBounds = { names_max: 65_536, days_max: 2 };
/** Longer than the identity of a line with the most proxies. */
const IDENTITY_MAX = 32_768;
/** Room for all lines with all days and for all users, where names are of a usual length. */
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

/** Bytes that a user has carried. */
export interface UserUse {
  readonly user: string;
  readonly bytes: number;
}

export interface Uses {
  readonly lines: readonly LineUse[];
  readonly users: readonly UserUse[];
}

/** What the file has. */
export interface KnownUsage {
  /** By their identities. */
  readonly lines: Usage;
  /** By their names. */
  readonly users: Usage;
}

export const noUsage = (): KnownUsage => ({ lines: new Usage(), users: new Usage(OF_USERS) });

export type ParsedUsage =
  | { readonly kind: 'usage'; readonly usage: KnownUsage }
  | { readonly kind: 'invalid'; readonly why: string };

export class Usage {
  readonly #names = new Map<string, Map<Day, number>>();
  readonly #bounds: UsageBounds;

  constructor(bounds = OF_LINES) {
    this.#bounds = bounds;
  }

  add(name: string, day: Day, bytes: number): void {
    let days = this.#names.get(name);
    if (days === undefined) {
      if (this.#names.size >= this.#bounds.names_max) this.#dropOldest();
      days = new Map();
      this.#names.set(name, days);
    }
    days.set(day, (days.get(day) ?? 0) + bytes);
    if (days.size > this.#bounds.days_max) days.delete(earliest(days));
  }

  /** Bytes in the days of a month. */
  within(name: string, { begins, ends }: Month): number {
    let bytes = 0;
    for (const [day, carried] of this.#names.get(name) ?? []) if (day >= begins && day < ends) bytes += carried;
    return bytes;
  }

  get size(): number {
    return this.#names.size;
  }

  toJSON(): object {
    return Object.fromEntries([...this.#names].map(([name, days]) => [name, Object.fromEntries(days)]));
  }

  #dropOldest(): void {
    let [oldest, last]: [string, Day] = ['', '~'];
    for (const [name, days] of this.#names) {
      const day = latest(days);
      if (day < last) [oldest, last] = [name, day];
    }
    this.#names.delete(oldest);
  }
}

const earliest = (days: ReadonlyMap<Day, number>): Day =>
  [...days.keys()].reduce((one, other) => (other < one ? other : one));
const latest = (days: ReadonlyMap<Day, number>): Day =>
  [...days.keys()].reduce((one, other) => (other > one ? other : one));

/** One line of text. An earlier version leaves out the users. */
export function usageText({ lines, users }: KnownUsage): string {
  const known = users.size === 0 ? { lines } : { lines, users };
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...known })}\n`;
}

/** Reads what `usageText` has made. Whatever the text is, nothing is thrown. */
export function parseUsage(text: string): ParsedUsage {
  const whole = parse(text);
  if (!isRecord(whole) || whole['format'] !== FORMAT) return invalid('not a list of what lines have carried');
  if (whole['version'] !== VERSION) return invalid(`version ${JSON.stringify(whole['version'])}`);
  const usage = noUsage();
  if (!take(whole['lines'], usage.lines)) return invalid('damaged');
  // An earlier version knew of no users.
  if (whole['users'] !== undefined && !take(whole['users'], usage.users)) return invalid('damaged');
  return { kind: 'usage', usage };
}

/** False for what `toJSON` does not make. */
function take(names: unknown, usage: Usage): boolean {
  if (!isRecord(names)) return false;
  for (const [name, days] of Object.entries(names)) {
    if (name.length > IDENTITY_MAX || !isRecord(days)) return false;
    for (const [day, bytes] of Object.entries(days)) {
      if (!isDay(day) || !isCount(bytes)) return false;
      usage.add(name, day, bytes);
    }
  }
  return true;
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
