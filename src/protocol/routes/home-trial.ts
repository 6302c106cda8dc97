// Which cheaper candidate is tried beside the lead, for a destination that a dearer line carries, and whether it is time for
// it: where it has failed, is not known, or was too slow for its cost. Pure.
import { sameIp } from '../address/same-ip.js';
import type { Candidate } from '../lines/candidate.js';
import type { Preferences } from '../lines/preferences.js';
import type { CandidateMemory, Outage } from './candidate-memory.js';
import type { DestinationMemory } from './destination-memory.js';
import { Homecoming } from './homecoming.js';

export interface HomeLines {
  readonly preferences: Preferences;
  /** Numbers of the lines that the destination may use. */
  readonly numbers: readonly number[];
  mayUse(line: number): boolean;
  /** The last time that its link came back; undefined where it never did. */
  outage(line: number): Outage | undefined;
  /** The addresses that the line can dial now, without waiting for a name; none where there would be a wait. */
  addressesOf(line: number): readonly Uint8Array[];
}

/** `lead`: the line that carries the destination. Undefined if nothing is to be tried now. */
export function homeTrial(
  memory: DestinationMemory,
  lead: number,
  lines: HomeLines,
  now: number,
): Candidate | undefined {
  memory.home ??= new Homecoming(now);
  const isCheaper = (line: number): boolean => lines.preferences.compare(line, lead) < 0;
  let worked = Number.NEGATIVE_INFINITY;
  for (const one of memory.candidates) if (isCheaper(one.line)) worked = Math.max(worked, one.worked);
  for (const line of lines.numbers) {
    const outage = isCheaper(line) ? lines.outage(line) : undefined;
    if (outage !== undefined) memory.home.linkCameBack(outage.to);
  }
  if (!memory.home.isDue(now, worked)) return undefined;
  let found: Candidate | undefined;
  for (const line of lines.numbers) {
    if (!isCheaper(line) || !lines.mayUse(line)) continue;
    if (found !== undefined && lines.preferences.compare(line, found.line) >= 0) continue;
    found = candidateOf(memory, line, lines, now) ?? found;
  }
  return found;
}

/** The candidate of a line to be tried: the one that worked last, or else the first address of which nothing is known. */
function candidateOf(memory: DestinationMemory, line: number, lines: HomeLines, now: number): Candidate | undefined {
  const known = memory.candidates.filter((one) => one.line === line);
  let chosen: CandidateMemory | undefined;
  let fresh: Uint8Array | undefined;
  for (const ip of lines.addressesOf(line)) {
    const one = known.find((candidate) => sameIp(candidate.ip, ip));
    if (one === undefined) fresh ??= ip;
    else if (!one.isFailing(now) && (chosen === undefined || one.worked > chosen.worked)) chosen = one;
  }
  return chosen ?? (fresh && { line, ip: fresh });
}
