// What becomes of the memory of a destination whose name moves to other addresses: which of them stands in for the one that it
// leaves, and what is told of it. Pure. Whether a name has moved is found out in workers/connection/race/known/address-check.ts.
import { sameIp } from '../address/same-ip.js';
import { sameCandidate } from '../lines/candidate.js';
import { CandidateMemory, needsAnswer } from './candidate-memory.js';
import { CANDIDATES_MAX, type DestinationMemory } from './destination-memory.js';

/**
 * The name of a candidate has these addresses now, and no longer that of the candidate. One of them stands in for it on its line, if
 * that worked, and what it has proved against them counts no longer. Returns whether that is news.
 */
export function moveAway(
  memory: DestinationMemory,
  candidate: CandidateMemory,
  ips: readonly Uint8Array[],
  now: number,
): boolean {
  const isNews = !candidate.gone;
  const isSameFamily = ({ length }: Uint8Array): boolean => length === candidate.ip.length;
  const inOrder = [...ips.filter(isSameFamily), ...ips.filter((ip) => !isSameFamily(ip))];
  if (isNews) candidate.moved = { at: now, to: inOrder[0] };
  const { line } = candidate;
  const known = memory.candidates.filter((other) => other.line === line && ips.some((ip) => sameIp(ip, other.ip)));
  for (const other of known) if (hasOnlyAccuser(memory, other, candidate)) other.forgive();
  if (candidate.worked === Number.NEGATIVE_INFINITY || isOfTheWay(candidate)) return isNews;
  const heir = known.find((other) => !other.isDoubted(now)) ?? addNew(memory, line, inOrder, known);
  if (heir !== undefined && heir.worked < candidate.worked) heir.standIn(candidate);
  return isNews;
}

/**
 * Whether its last failure says more of the way to the name than of the address: who breaks or swallows what is said to one address
 * does so with the next one.
 */
function isOfTheWay({ mute, pending, streak, lastBlamed }: CandidateMemory): boolean {
  const cause = pending ?? (streak > 0 ? lastBlamed : undefined);
  return mute || cause === 'reset' || (cause !== undefined && needsAnswer(cause));
}

/** Whether nothing but what the left address came to has blamed a candidate for its last failure. */
function hasOnlyAccuser({ candidates }: DestinationMemory, blamed: CandidateMemory, left: CandidateMemory): boolean {
  if (blamed.accuser === undefined || !sameCandidate(blamed.accuser, left)) return false;
  return !candidates.some(
    (one) => one !== blamed && !one.gone && (blamed.mute ? one.answered : one.worked) >= blamed.failed,
  );
}

/** A candidate with the first address that is not known yet, if there is one and room for it. */
function addNew(
  { candidates }: DestinationMemory,
  line: number,
  ips: readonly Uint8Array[],
  known: readonly CandidateMemory[],
): CandidateMemory | undefined {
  const ip = ips.find((one) => !known.some((other) => sameIp(one, other.ip)));
  if (ip === undefined || candidates.length >= CANDIDATES_MAX) return undefined;
  const fresh = new CandidateMemory({ line, ip });
  candidates.push(fresh);
  return fresh;
}

/** That an address was left since its name no longer had it: for people. */
export interface MoveNote {
  readonly line: number;
  readonly from: Uint8Array;
  /** Undefined where the name had no address any more. */
  readonly to: Uint8Array | undefined;
  readonly ago_ms: number;
  /** Whether it is used all the same, as a sticky rule wants it until it fails. */
  readonly isKept: boolean;
}

/** The last move of a destination among the addresses that are remembered; undefined for none. */
export function lastMove({ candidates, best }: DestinationMemory, now: number): MoveNote | undefined {
  let last: MoveNote | undefined;
  for (const candidate of candidates) {
    const { moved, line, ip } = candidate;
    if (moved === undefined || (last !== undefined && now - moved.at >= last.ago_ms)) continue;
    last = { line, from: ip, to: moved.to, ago_ms: now - moved.at, isKept: candidate === best };
  }
  return last;
}
