// Counts of a load besides its times: read before the load, and after it when the subject is quiet again.
import type { Peer } from '../peers/peer.js';
import { contextSwitches, growthBetween } from './cost.js';
import { segments } from './kernel.js';

export interface Counts {
  /** TCP segments that the whole machine sent. */
  readonly segments: number;
  /** Context switches of the subject, voluntary and involuntary; undefined when a thread ended and its count is lost. */
  readonly switches: number | undefined;
}

/** Begins to count; the returned function gives the counts since then. */
export function counting(pid: number, { briefThreads }: Peer): () => Counts {
  const segmentsBefore = segments();
  const switchesBefore = contextSwitches(pid);
  return () => ({
    segments: segments() - segmentsBefore,
    switches: briefThreads ? undefined : growthBetween(switchesBefore, contextSwitches(pid)),
  });
}
