// What neighbours tell of a destination that is met for the first time: which line to begin with. A hint is never more than an
// order: everything is still tried, and no failure is taken over. Pure.
import type { CandidateMemory } from './candidate-memory.js';
import type { DestinationMemory, LineView } from './destination-memory.js';

export interface Hint {
  /** The line that works for a neighbour. */
  readonly line: number;
  /** That neighbour: the key of a destination of the same site, or of the same network. */
  readonly from: string;
  readonly by: 'site' | 'network';
  /** When the line last worked there. */
  readonly worked: number;
  /**
   * How long the other lines may wait for this one, in ms: as long as it takes to the neighbour at most. Undefined where they shall not,
   * since lines fail for neighbours, or nothing is known of the port.
   */
  readonly alone_ms: number | undefined;
  /** Whether other lines have failed for neighbours, so that a dearer line need not wait for cheaper ones. */
  readonly isNeeded: boolean;
}

/** A remembered destination by its key. */
export type Neighbour = readonly [key: string, memory: DestinationMemory];

export interface HintRules {
  /** Time beyond what the history of the neighbour allows, in ms. */
  readonly margin_ms: number;
  /** A hint is worth nothing after this time. */
  readonly ttl_ms: number;
}

/** The others never wait longer for a hint: the usual time between two attempts (RFC 8305 section 8). */
export const ALONE_MAX_MS = 250;

/** What these neighbours tell of a destination at a port; undefined if none of them works over a line that may be used now. */
export function hintFrom(
  by: Hint['by'],
  neighbours: readonly Neighbour[],
  port: number,
  rules: HintRules,
  now: number,
  lines: LineView,
): Hint | undefined {
  const end = `:${port}`;
  let chosen: CandidateMemory | undefined;
  let from = '';
  for (const [key, memory] of neighbours) {
    // Nothing has been compared here.
    const one = memory.isHearsay ? undefined : workingOf(memory, now, rules.ttl_ms, lines);
    if (one === undefined) continue;
    const isNearer = key.endsWith(end) === from.endsWith(end) ? one.worked > (chosen?.worked ?? 0) : key.endsWith(end);
    if (chosen !== undefined && !isNearer) continue;
    chosen = one;
    from = key;
  }
  if (chosen === undefined) return undefined;
  const { line, worked, connect } = chosen;
  const isSure = from.endsWith(end) && connect.samples > 0 && !lines.answersEarly(line);
  const isNeeded = neighbours.some(([, memory]) => hasFailures(memory, now, rules.ttl_ms));
  const alone_ms =
    isSure && !isNeeded ? Math.min(connect.late(rules.margin_ms, ALONE_MAX_MS), ALONE_MAX_MS) : undefined;
  return { line, from, by, worked, alone_ms, isNeeded };
}

/** What carries the neighbour: its best candidate, or what worked last. One that has answered goes before one that has only connected. */
function workingOf(
  { candidates, best }: DestinationMemory,
  now: number,
  ttl_ms: number,
  lines: LineView,
): CandidateMemory | undefined {
  const works = (one: CandidateMemory): boolean =>
    one.inherited === undefined && one.isWell(now, ttl_ms) && !one.mute && lines.mayUse(one.line);
  const well = candidates.filter(works);
  const answering = well.filter(({ firstByte }) => firstByte.samples > 0);
  const choice = answering.length > 0 ? answering : well;
  if (best !== undefined && choice.includes(best)) return best;
  let last: CandidateMemory | undefined;
  for (const one of choice) if (last === undefined || one.worked > last.worked) last = one;
  return last;
}

/** Whether any line has failed for it to its own blame: then it is not the same by which line a neighbour is reached. */
function hasFailures({ candidates }: DestinationMemory, now: number, ttl_ms: number): boolean {
  for (const { mute, failures } of candidates) {
    if (mute) return true;
    for (const [cause, { at }] of failures ?? []) if (cause !== 'late' && now - at < ttl_ms) return true;
  }
  return false;
}
