// Candidates by short names, and lines that are as a test wants them.
import type { Candidate } from '../../src/protocol/lines/candidate.js';
import type { LineView } from '../../src/protocol/routes/destination-memory.js';

/** A line and the last octet of the address of its first hop. */
export const candidate = (line: number, last = 1): Candidate => ({ line, ip: Uint8Array.of(192, 0, 2, last) });

/** Lines that may all be used and none of which answers early, but for those named. */
export function lineView({
  out = [],
  early = [],
}: {
  out?: readonly number[];
  early?: readonly number[];
} = {}): LineView {
  return { mayUse: (line) => !out.includes(line), answersEarly: (line) => early.includes(line) };
}
