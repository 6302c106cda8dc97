// What a load comes to besides time: counted before it, and after it once the subject is quiet again.
import type { Peer } from '../peers/peer.js';
import { contextSwitches, switchesBetween } from './cost.js';
import { segments } from './kernel.js';

export interface Counts {
  /** TCP segments that the whole machine sent. */
  readonly segments: number;
  /** Context switches of the subject, voluntary and involuntary; undefined where threads took their counts with them. */
  readonly switches: number | undefined;
}

/** Begins to count; what it returns tells how much it has been since. */
export function counting(pid: number, { briefThreads }: Peer): () => Counts {
  const segmentsBefore = segments();
  const switchesBefore = contextSwitches(pid);
  return () => ({
    segments: segments() - segmentsBefore,
    switches: briefThreads ? undefined : switchesBetween(switchesBefore, contextSwitches(pid)),
  });
}
