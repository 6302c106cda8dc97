// What this gateway says of a destination to the others of its site: the line that works best there by its own measurements, and the
// lines that connect there without an answer. route-value.ts has the bytes. Pure.
import { parseIp } from '../address/address.js';
import type { Line } from '../lines/line.js';
import { hostOf } from '../routes/destination-key.js';
import type { CandidateState, RouteState } from '../routes/state.js';
import type { LineIds } from './line-ids.js';
import type { SharedRoute } from './route-value.js';

export type OwnRoute = Omit<SharedRoute, 'gateway'> & {
  /** How long ago the line last worked. */
  readonly age_ms: number;
};

/** Whether what is remembered under the key may leave the gateway: nothing of one client alone, and nothing of a site's bulk. */
export const isShared = (destination: string): boolean => hostOf(destination) !== undefined;

/** Undefined where there is nothing that others should begin with. `lines`: by their numbers. */
export function ownRouteOf(
  state: RouteState,
  lines: readonly (Line | undefined)[],
  ids: LineIds,
): OwnRoute | undefined {
  const best = state.candidates[state.best];
  // What another gateway has said is told on only when all lines have raced here.
  if (state.hearsay || best === undefined || best.worked_age_ms === null || !isGood(best)) return undefined;
  const line = ids.idOf(best.line);
  if (line === undefined) return undefined;
  return {
    line,
    ip: lines[best.line]?.isDirect ? parseIp(best.address) : undefined,
    connect_ms: best.connect[0],
    first_byte_ms: best.first_byte[0],
    mute: muteLines(state.candidates, best.line).flatMap((mute) => ids.idOf(mute) ?? []),
    age_ms: best.worked_age_ms,
  };
}

/** It works by all that is known, and not only because it was the first to connect: it has answered. */
function isGood({ streak, mute, pending, moved, first_byte }: CandidateState): boolean {
  if (streak > 0 || mute || moved !== undefined || (pending !== null && pending.cause !== 'late')) return false;
  return first_byte[2] > 0;
}

/** Lines of which each candidate is mute. */
function muteLines(candidates: readonly CandidateState[], best: number): readonly number[] {
  const lines = new Set(candidates.filter(({ mute, line }) => mute && line !== best).map(({ line }) => line));
  for (const { mute, line } of candidates) if (!mute) lines.delete(line);
  return [...lines];
}
