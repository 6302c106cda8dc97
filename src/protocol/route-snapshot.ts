// The remembered routes as text, so that they can outlive the process, and back. A text that is not ours, of another
// version or damaged gives nothing at all; what is too old, or belongs to lines that are no more, is left out. No file here.
import type { Line } from './line.js';
import { isRouteState, type RouteState } from './route-state.js';

export type ParsedRoutes =
  | { readonly kind: 'snapshot'; readonly routes: readonly RouteState[] }
  | { readonly kind: 'invalid'; readonly why: string };

const FORMAT = 'tcproute-routes';
const VERSION = 1;
/** Some 100 000 destinations with four candidates each. */
export const ROUTES_OCTETS_MAX = 128 * 1024 * 1024;

/** `written_at`: milliseconds since the epoch. One route a line, so that it is read and written in pieces. */
export function* encodeRoutes(
  routes: Iterable<RouteState>,
  lines: readonly Line[],
  written_at: number,
): Generator<string> {
  yield `${JSON.stringify({ format: FORMAT, version: VERSION, written_at, lines: lines.map(identityOf) })}\n`;
  for (const route of routes) yield `${JSON.stringify(route)}\n`;
  yield 'end\n';
}

/** What is as old as `age_max_ms` is left out, and of the rest all but the last `entries_max`. `now` since the epoch. */
export function parseRoutes(
  text: string,
  lines: readonly Line[],
  { now, age_max_ms, entries_max }: { now: number; age_max_ms: number; entries_max: number },
): ParsedRoutes {
  const texts = text.split('\n');
  const head = parse(texts[0] ?? '');
  if (!isRecord(head) || head['format'] !== FORMAT) return { kind: 'invalid', why: 'not a list of routes' };
  if (head['version'] !== VERSION) return { kind: 'invalid', why: `version ${String(head['version'])}` };
  const { written_at, lines: identities } = head;
  if (typeof written_at !== 'number' || !Array.isArray(identities)) return { kind: 'invalid', why: 'damaged' };
  // Cut short, or with something behind its end.
  if (texts.at(-1) !== '' || texts.at(-2) !== 'end') return { kind: 'invalid', why: 'damaged' };
  // From the future: the clock was set back, and no age can be trusted.
  const age_ms = now - written_at;
  if (age_ms < 0) return { kind: 'invalid', why: 'written in the future' };
  const place = new Map(lines.map((line, index) => [identityOf(line), index]));
  const moved = identities.map((identity) => place.get(String(identity)));
  const routes: RouteState[] = [];
  for (const line of texts.slice(1, -2).slice(-entries_max)) {
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
  const kept = candidates.flatMap((candidate) => {
    const line = moved[candidate.line];
    const worked_age_ms = candidate.worked_age_ms === null ? null : candidate.worked_age_ms + age_ms;
    if (line === undefined || worked_age_ms === null || worked_age_ms >= age_max_ms) return [];
    const failures = candidate.failures.map((failure) => ({ ...failure, age_ms: failure.age_ms + age_ms }));
    return [{ was: candidate, now: { ...candidate, line, worked_age_ms, failures } }];
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
