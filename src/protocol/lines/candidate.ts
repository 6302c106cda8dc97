// One way to reach a destination: a line, and an address of its first hop.

export interface Candidate {
  /** The number of its line. */
  readonly line: number;
  /** The destination's own address for a direct line, else the first proxy's; 4 or 16 bytes. */
  readonly ip: Uint8Array;
}

export function sameCandidate(a: Candidate, b: Candidate): boolean {
  return a.line === b.line && sameIp(a.ip, b.ip);
}

export function sameIp(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
