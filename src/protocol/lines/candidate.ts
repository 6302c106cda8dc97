// One way to reach a destination: a line, and an address of its first hop.
import { sameIp } from '../address/same-ip.js';

export interface Candidate {
  /** The number of its line. */
  readonly line: number;
  /** The destination's own address for a direct line, else the first proxy's; 4 or 16 bytes. */
  readonly ip: Uint8Array;
}

export function sameCandidate(a: Candidate, b: Candidate): boolean {
  return a.line === b.line && sameIp(a.ip, b.ip);
}
