// Candidates by short names, and lines in the state that a test wants.
import type { Candidate } from '../../src/protocol/lines/candidate.js';
import type { Outage } from '../../src/protocol/routes/candidate-memory.js';
import type { LineView } from '../../src/protocol/routes/destination-memory.js';

/** `last` is the last octet of the address of the line's first hop. */
export const candidate = (line: number, last = 1): Candidate => ({ line, ip: Uint8Array.of(192, 0, 2, last) });

/** Lines that may all be used and do not answer early, except those named in `out` and `early`; `outages` of their links by line. */
export function lineView({
  out = [],
  early = [],
  outages = new Map(),
}: {
  out?: readonly number[];
  early?: readonly number[];
  outages?: ReadonlyMap<number, Outage>;
} = {}): LineView {
  return {
    mayUse: (line) => !out.includes(line),
    answersEarly: (line) => early.includes(line),
    outage: (line) => outages.get(line),
  };
}
