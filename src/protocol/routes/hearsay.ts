// What is left of the candidates of a destination when its lines have raced here, after another gateway had said which of them to begin
// with. Pure.
import type { CandidateMemory } from './candidate-memory.js';

/** That they have connected counts no longer, but for those that have answered. What has failed here still counts. */
export function forgetHearsay(candidates: CandidateMemory[]): void {
  const left = candidates.filter((one) => {
    if (one.answered > Number.NEGATIVE_INFINITY) return true;
    one.connect.set(0, 0, 0);
    one.successes = 0;
    one.worked = Number.NEGATIVE_INFINITY;
    return one.pending !== undefined || one.failures !== undefined;
  });
  candidates.splice(0, candidates.length, ...left);
}
