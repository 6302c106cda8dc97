// Writes the remembered routes as text that outlives the process, and reads it. A text that is not ours, of another version
// or damaged gives no routes at all; routes that are too old, or of lines that no longer exist, are left out. No file access.
import { agedRates } from '../bulk/state.js';
import type { Line } from '../lines/line.js';
import { byNumber, identityOf } from '../lines/numbers.js';
import { PINS_MAX, type Pin } from '../steering/steering.js';
import { type CandidateState, isRouteState, KEY_MAX, type RouteState } from './state.js';

/** Leaves out routes older than `age_max_ms`, and all but the first `entries_max`. `now` is in ms since the epoch. */
export interface RouteBounds {
  readonly now: number;
  readonly age_max_ms: number;
  readonly entries_max: number;
  /**
   * Another gateway has written it, perhaps by another clock. A line is then the same where it has the same name, since sources and
   * proxies differ between machines. Absent: it is our own.
   */
  readonly isForeign?: boolean;
}

export type ParsedRoutes =
  | { readonly kind: 'snapshot'; readonly routes: readonly RouteState[]; readonly pins: readonly Pin[] }
  | { readonly kind: 'invalid'; readonly why: string };

const FORMAT = 'tcproute-routes';
/** The beginning of our files, of any version. */
export const ROUTES_BEGIN = /^\{"format":"tcproute-routes"/;
const NOT_OURS = 'not a list of routes';
const VERSION = 1;
const END = 'end\n';
/** How far the clock of another machine may be ahead. */
const AHEAD_MAX_MS = 60_000;
/** Room for some 100 000 destinations with four candidates each. */
export const ROUTES_OCTETS_MAX = 128 * 1024 * 1024;

/** What else is written. */
export interface Beside {
  /** Destinations that are pinned to a line: they are part of the head, which an earlier version does not read. */
  readonly pins?: readonly Pin[];
  readonly octets_max?: number;
}

/**
 * `routes` begin with the most recently used; those beyond `octets_max`, the limit for reading, are left out. `written_at` is
 * in ms since the epoch. Each route is a line, so that the text is read and written in pieces.
 */
export function* encodeRoutes(
  routes: Iterable<RouteState>,
  lines: readonly Line[],
  written_at: number,
  { pins = [], octets_max = ROUTES_OCTETS_MAX }: Beside = {},
): Generator<string> {
  const identities = byNumber(lines).map((line) => (line === undefined ? null : identityOf(line)));
  const pinned = pins.length === 0 ? {} : { pins: pins.map(({ destination, line }) => [destination, line]) };
  const head = `${JSON.stringify({ format: FORMAT, version: VERSION, written_at, lines: identities, ...pinned })}\n`;
  yield head;
  let left = octets_max - Buffer.byteLength(head) - END.length;
  for (const route of routes) {
    const text = `${JSON.stringify(route)}\n`;
    left -= Buffer.byteLength(text);
    if (left < 0) break;
    yield text;
  }
  yield END;
}

/** Reads a whole text at once. */
export function parseRoutes(text: string, lines: readonly Line[], bounds: RouteBounds): ParsedRoutes {
  const reader = new RouteReader(lines, bounds);
  const routes: RouteState[] = [];
  let from = 0;
  while (from < text.length && reader.isWell) {
    const end = text.indexOf('\n', from);
    const route = reader.take(text.slice(from, end < 0 ? undefined : end), end >= 0);
    if (route !== undefined) routes.push(route);
    from = end < 0 ? text.length : end + 1;
  }
  const why = reader.end();
  return why === undefined ? { kind: 'snapshot', routes, pins: reader.pins } : { kind: 'invalid', why };
}

/** Reads a text line by line. Its routes are valid only if `end` finds no fault. */
export class RouteReader {
  readonly #lines: readonly Line[];
  readonly #bounds: RouteBounds;
  #awaits: 'head' | 'routes' | 'nothing' = 'head';
  #why: string | undefined;
  #age_ms = 0;
  /** The current numbers of the text's lines. */
  #moved: readonly (number | undefined)[] = [];
  #pins: readonly Pin[] = [];
  #count = 0;

  constructor(lines: readonly Line[], bounds: RouteBounds) {
    this.#lines = lines;
    this.#bounds = bounds;
  }

  /** If false, further text makes no difference. */
  get isWell(): boolean {
    return this.#why === undefined;
  }

  /** Reads a line of text and returns its route, if it has one that still counts. `hasEnd`: whether a line end follows. */
  take(text: string, hasEnd: boolean): RouteState | undefined {
    if (this.#why !== undefined) return undefined;
    if (this.#awaits === 'head') this.#head(text);
    else if (this.#awaits === 'nothing') this.#why = 'damaged';
    else if (text === 'end') this.#awaits = 'nothing';
    else return this.#route(text);
    // The text has been cut.
    if (!hasEnd) this.#why ??= 'damaged';
    return undefined;
  }

  /** Whether a line of the text is one that there is. */
  get areLinesKnown(): boolean {
    return this.#moved.some((line) => line !== undefined);
  }

  /** The destinations that are pinned to lines that there are; like the routes, valid only if `end` finds no fault. */
  get pins(): readonly Pin[] {
    return this.#pins;
  }

  /** Why the text is invalid; undefined if it is valid. */
  end(): string | undefined {
    if (this.#why !== undefined || this.#awaits === 'nothing') return this.#why;
    return this.#awaits === 'head' ? NOT_OURS : 'damaged';
  }

  #head(text: string): void {
    const head = parse(text);
    if (!isRecord(head) || head['format'] !== FORMAT) this.#why = NOT_OURS;
    else if (head['version'] !== VERSION) this.#why = `version ${JSON.stringify(head['version'])}`;
    else {
      const { written_at, lines: identities } = head;
      this.#awaits = 'routes';
      if (typeof written_at !== 'number' || !Array.isArray(identities)) {
        this.#why = 'damaged';
        return;
      }
      const { now, isForeign = false } = this.#bounds;
      const age_ms = now - written_at;
      // The clock was set back, so no age can be trusted.
      if (age_ms < (isForeign ? -AHEAD_MAX_MS : 0)) this.#why = 'written in the future';
      this.#age_ms = Math.max(age_ms, 0);
      const known = isForeign ? nameIn : (identity: unknown) => identity;
      const numbers = new Map<unknown, number>(this.#lines.map((line) => [known(identityOf(line)), line.number]));
      this.#moved = identities.map((identity) => numbers.get(known(identity)));
      this.#pins = pinsIn(head['pins'], this.#moved);
    }
  }

  #route(text: string): RouteState | undefined {
    this.#count += 1;
    if (this.#count > this.#bounds.entries_max) return undefined;
    const route = parse(text);
    if (!isRouteState(route)) {
      this.#why = 'damaged';
      return undefined;
    }
    const kept = renewed(route, this.#age_ms, this.#bounds.age_max_ms, this.#moved);
    return kept.candidates.length > 0 ? kept : undefined;
  }
}

/** The name of a line, which begins its identity; undefined where there is none. */
function nameIn(identity: unknown): unknown {
  const parts = typeof identity === 'string' ? parse(identity) : undefined;
  return Array.isArray(parts) && typeof parts[0] === 'string' ? parts[0] : undefined;
}

/** What is not a pin of a line that there is is left out. */
function pinsIn(value: unknown, moved: readonly (number | undefined)[]): readonly Pin[] {
  const all: readonly unknown[] = Array.isArray(value) ? value.slice(0, PINS_MAX) : [];
  return all.flatMap((one) => {
    const [destination, was]: readonly unknown[] = Array.isArray(one) ? one : [];
    const line = typeof was === 'number' ? moved[was] : undefined;
    const isPin = typeof destination === 'string' && destination.length <= KEY_MAX && line !== undefined;
    return isPin ? [{ destination, line }] : [];
  });
}

/** Adds the time since writing to all ages, and gives lines their current numbers. */
function renewed(
  { destination, candidates, best, traffic, home, hearsay }: RouteState,
  age_ms: number,
  age_max_ms: number,
  moved: readonly (number | undefined)[],
): RouteState {
  const chosen = candidates[best];
  const aged = (one_age_ms: number | null): number | null => (one_age_ms === null ? null : one_age_ms + age_ms);
  const kept = candidates.flatMap((candidate) => {
    const line = moved[candidate.line];
    const worked_age_ms = aged(candidate.worked_age_ms);
    if (line === undefined || worked_age_ms === null || worked_age_ms >= age_max_ms) return [];
    const now: CandidateState = {
      ...candidate,
      line,
      worked_age_ms,
      answered_age_ms: aged(candidate.answered_age_ms),
      failed_age_ms: aged(candidate.failed_age_ms),
      updated_age_ms: candidate.updated_age_ms + age_ms,
      pending: candidate.pending && { ...candidate.pending, age_ms: candidate.pending.age_ms + age_ms },
      failures: candidate.failures.map((failure) => ({ ...failure, age_ms: failure.age_ms + age_ms })),
      ...(candidate.moved && { moved: { ...candidate.moved, age_ms: candidate.moved.age_ms + age_ms } }),
      ...(candidate.rates && { rates: agedRates(candidate.rates, age_ms) }),
    };
    return [{ was: candidate, now }];
  });
  return {
    ...(traffic && { traffic }),
    destination,
    candidates: kept.map(({ now }) => now),
    best: kept.findIndex(({ was }) => was === chosen),
    ...(home === undefined ? {} : { home: { ...home, age_ms: home.age_ms + age_ms } }),
    ...(hearsay && { hearsay }),
  };
}

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
