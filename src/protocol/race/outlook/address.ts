// What is remembered for or against an address of a line, for one destination. Pure.
import { formatIp } from '../../address/address.js';
import { type Candidate, sameCandidate } from '../../lines/candidate.js';
import type { CandidateMemory, Move } from '../../routes/candidate-memory.js';
import type { Asked } from './asked.js';
import type { Reason } from './reason.js';
import { rounded, since } from './times.js';

/** What is asked of the reasons of an address. */
export type AddressAsked = Pick<
  Asked,
  'memory' | 'lead' | 'leftOut' | 'isSuspect' | 'isTold' | 'preferences' | 'ttl_ms' | 'refresh_ms'
> & { readonly health: Pick<Asked['health'], 'mayUse' | 'isDead'> };

export function reasonsOfAddress(
  candidate: Candidate,
  known: CandidateMemory | undefined,
  asked: AddressAsked,
  now: number,
): Reason[] {
  const { lead, leftOut, isSuspect, isTold } = asked;
  if (lead !== undefined && sameCandidate(lead, candidate)) return [{ kind: 'best' }, ...moveOf(known, now)];
  const left = leftOut.find((one) => sameCandidate(one.candidate, candidate));
  if (left !== undefined) return [{ kind: 'forbidden', cause: left.cause }];
  const suspect: Reason[] = isSuspect(candidate) ? [{ kind: 'suspect-address' }] : [];
  const told: Reason[] = asked.memory === undefined && isTold(candidate) ? [{ kind: 'false-elsewhere' }] : [];
  return [...suspect, ...told, ...reasonsOfMemory(known, asked, now)];
}

const moveText = ({ at, to }: Move, now: number) => ({ to: to && formatIp(to), ago_ms: rounded(now - at) });

/** What DNS did to one that is used all the same. */
function moveOf(known: CandidateMemory | undefined, now: number): Reason[] {
  if (known?.moved !== undefined) return [{ kind: 'kept-though-moved', ...moveText(known.moved, now) }];
  return known?.inherited === undefined ? [] : [{ kind: 'stands-in', from: formatIp(known.inherited.from) }];
}

/** Why one that is remembered does not go first, by the questions of `CandidateMemory.isUsable`. */
function reasonsOfMemory(known: CandidateMemory | undefined, asked: AddressAsked, now: number): Reason[] {
  if (known === undefined) return [{ kind: 'unknown' }];
  const reasons: Reason[] = [];
  if (known.moved !== undefined) reasons.push({ kind: 'gone', ...moveText(known.moved, now) });
  else reasons.push(...moveOf(known, now));
  const moves = reasons.length;
  if (known.isFailing(now)) {
    const { streak, failingUntil, lastBlamed } = known;
    reasons.push({ kind: 'failing', cause: lastBlamed, failures: streak, for_ms: rounded(failingUntil - now) });
    if (known.mute) reasons.push({ kind: 'mute' });
  }
  if (known.pending !== undefined && known.pending !== 'late')
    reasons.push({ kind: 'failed-lately', cause: known.pending, ago_ms: rounded(now - known.pendingAt) });
  if (known.moved !== undefined || reasons.length > moves) return reasons;
  return [...reasons, ...reasonsOfAge(known, asked, now)];
}

/** Of one against which nothing speaks but what is better. */
function reasonsOfAge(known: CandidateMemory, asked: AddressAsked, now: number): Reason[] {
  const { memory, lead, preferences, health, ttl_ms, refresh_ms } = asked;
  if (known.inherited !== undefined) return [];
  if (memory === undefined || known.worked === Number.NEGATIVE_INFINITY) return [{ kind: 'unknown' }];
  if (!known.isWell(now, ttl_ms)) return [{ kind: 'worked-too-long-ago', ago_ms: rounded(now - known.worked) }];
  if (!health.mayUse(known.line, now) || health.isDead(known.line, now)) return [{ kind: 'worked-before' }];
  if (preferences !== undefined && !known.isProven) return [{ kind: 'unproven' }];
  const by = dearerBy(known.line, asked);
  if (by !== undefined) return [{ kind: 'dearer', by }];
  if (lead === undefined && memory.isHearsay) return [{ kind: 'hearsay' }];
  const isDue = lead === undefined && refresh_ms > 0 && now - memory.raced >= refresh_ms;
  return [isDue ? { kind: 'race-is-due', raced_ms: since(memory.raced, now) } : { kind: 'not-better' }];
}

/** By what the line is dearer than that of the one that goes first. */
function dearerBy(line: number, { preferences, lead }: AddressAsked): 'tier' | 'cost' | undefined {
  if (preferences === undefined || lead === undefined || preferences.compare(line, lead.line) <= 0) return undefined;
  return preferences.tierOf(line) > preferences.tierOf(lead.line) ? 'tier' : 'cost';
}
