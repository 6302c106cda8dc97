// Joins what the three slots of a destination say to one foreign hint: by which line to begin, and which lines to try last. The line
// that most of them name leads, the youngest of those that are named as often. One gateway writes one slot, so that it can decide
// only where the others say nothing, or disagree. A hint only orders; see docs/fleet.md for what that can cost.
import type { LineId } from './line-ids.js';
import type { FoundRoute } from './route-value.js';

/** Lines by their numbers here. */
export interface Vote {
  readonly line: number;
  /** The address that worked over the line. */
  readonly ip: Uint8Array | undefined;
  /** 0 where it is not known. */
  readonly connect_ms: number;
  readonly first_byte_ms: number;
  readonly mute: readonly number[];
  /** The gateway that has said so last. */
  readonly from: string;
  readonly age_ms: number;
}

/** Undefined where no slot names a line that this gateway has. `numberOf`: of a line. */
export function vote(
  slots: readonly (FoundRoute | undefined)[],
  numberOf: (id: LineId) => number | undefined,
): Vote | undefined {
  const found = slots.filter((one) => one !== undefined);
  if (found.length === 0) return undefined;
  const best = votesFor(found, ({ route }) => [route.line]);
  const mute = votesFor(found, ({ route }) => route.mute);
  let chosen: FoundRoute | undefined;
  for (const one of found) {
    if (numberOf(one.route.line) === undefined) continue;
    if (chosen === undefined || goesBefore(one, chosen, best)) chosen = one;
  }
  const line = chosen && numberOf(chosen.route.line);
  if (chosen === undefined || line === undefined) return undefined;
  // Half of those that say anything must have found it mute, and fewer that it is the best.
  const last = [...mute]
    .filter(([id, votes]) => votes > (best.get(id) ?? 0) && votes * 2 >= found.length)
    .flatMap(([id]) => numberOf(id) ?? [])
    .filter((one) => one !== line);
  const { ip, connect_ms, first_byte_ms, gateway } = chosen.route;
  return { line, ip, connect_ms, first_byte_ms, mute: last, from: gateway, age_ms: chosen.age_ms };
}

function votesFor(found: readonly FoundRoute[], named: (one: FoundRoute) => readonly LineId[]): Map<LineId, number> {
  const votes = new Map<LineId, number>();
  for (const one of found) for (const id of new Set(named(one))) votes.set(id, (votes.get(id) ?? 0) + 1);
  return votes;
}

function goesBefore(one: FoundRoute, other: FoundRoute, votes: ReadonlyMap<LineId, number>): boolean {
  const more = (votes.get(one.route.line) ?? 0) - (votes.get(other.route.line) ?? 0);
  return more === 0 ? one.age_ms < other.age_ms : more > 0;
}
