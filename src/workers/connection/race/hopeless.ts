// Whether a race has nothing left that promises to connect, so that its names are worth asking for anew. It asks nobody.

import type { RaceAttempt } from './attempt/attempt.js';
import type { KnownDestination } from './known/destination.js';

/** The attempts of a race, of which nothing waits for its turn. */
export interface Hoping {
  readonly all: readonly RaceAttempt[];
  readonly lead: RaceAttempt | undefined;
  /** From when on the lead is late by its own history. */
  readonly leadDue: number;
  readonly trial: RaceAttempt | undefined;
  readonly known: Pick<KnownDestination, 'isDoubted'>;
}

/**
 * All attempts are over, have failed lately, or are a lead that is late. Not where nobody could be asked, for want of descriptors or
 * of a network: another address helps as little.
 */
export function isHopeless({ all, lead, leadDue, trial, known }: Hoping, now: number): boolean {
  let isAsked = all.length === 0;
  for (const attempt of all) {
    if (attempt === trial) continue;
    const { result, failure, candidate } = attempt;
    isAsked ||= failure === undefined || !(failure.whose === 'us' || failure.code === 'network-unreachable');
    if (result !== undefined) continue;
    if (attempt === lead ? now < leadDue : !known.isDoubted(candidate)) return false;
  }
  return isAsked;
}
