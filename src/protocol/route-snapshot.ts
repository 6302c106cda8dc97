// The remembered routes as text, so that they can outlive the process, and back. A text that is not ours, of another
// version or damaged gives nothing at all; what is too old, or belongs to lines that are no more, is left out. No file here.
import type { Line } from './line.js';
import { type CandidateState, isRouteState, type RouteState } from './route-state.js';

export type ParsedRoutes =
  | { readonly kind: 'snapshot'; readonly routes: readonly RouteState[] }
  | { readonly kind: 'invalid'; readonly why: string };

const FORMAT = 'tcproute-routes';
const VERSION = 1;
const END = 'end\n';
/** Some 100 000 destinations with four candidates each. */
export const ROUTES_OCTETS_MAX = 128 * 1024 * 1024;

/**
 * `routes`: the one used last first; those that would make it longer than can be read back are left out. `written_at`:
 * milliseconds since the epoch. One route a line, so that it is read and written in pieces.
 */
export function* encodeRoutes(
  routes: Iterable<RouteState>,
  lines: readonly Line[],
  written_at: number,
  octets_max = ROUTES_OCTETS_MAX,
): Generator<string> {
  const head = `${JSON.stringify({ format: FORMAT, version: VERSION, written_at, lines: lines.map(identityOf) })}\n`;
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

/** What is as old as `age_max_ms` is left out, and all but the first `entries_max`. `now` since the epoch. */
export function parseRoutes(
  text: string,
  lines: readonly Line[],
  { now, age_max_ms, entries_max }: { now: number; age_max_ms: number; entries_max: number },
): ParsedRoutes {
  const texts = text.split('\n');
  const head = parse(texts[0] ?? '');
  if (!isRecord(head) || head['format'] !== FORMAT) return { kind: 'invalid', why: 'not a list of routes' };
  if (head['version'] !== VERSION) return { kind: 'invalid', why: `version ${JSON.stringify(head['version'])}` };
  const { written_at, lines: identities } = head;
  if (typeof written_at !== 'number' || !Array.isArray(identities)) return { kind: 'invalid', why: 'damaged' };
  // Cut short, or with something behind its end.
  if (texts.at(-1) !== '' || texts.at(-2) !== 'end') return { kind: 'invalid', why: 'damaged' };
  // From the future: the clock was set back, and no age can be trusted.
  const age_ms = now - written_at;
  if (age_ms < 0) return { kind: 'invalid', why: 'written in the future' };
  const place = new Map<unknown, number>(lines.map((line, index) => [identityOf(line), index]));
  const moved = identities.map((identity) => place.get(identity));
  const routes: RouteState[] = [];
  for (const line of texts.slice(1, -2).slice(0, entries_max)) {
    const route = parse(line);
    if (!isRouteState(route)) return { kind: 'invalid', why: 'damaged' };
    const kept = renewed(route, age_ms, age_max_ms, moved);
    if (kept.candidates.length > 0) routes.push(kept);
  }
  return { kind: 'snapshot', routes };
}

/** With the time since it was written added, and the lines where they are now. */
function renewed(
  { destination, candidates, best }: RouteState,
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
    };
    return [{ was: candidate, now }];
  });
  return {
    destination,
    candidates: kept.map(({ now }) => now),
    best: kept.findIndex(({ was }) => was === chosen),
  };
}

/** A line is the same one if it has the same name, source and proxies; its place may be another. No passwords. */
function identityOf({ name, source, hops }: Line): string {
  return JSON.stringify([name, source.ip ?? null, source.port, ...hops.map(({ host, port }) => [host, port])]);
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
