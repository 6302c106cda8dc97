// The memory that all connection actors share of datagrams. It keeps nothing, and says only what there is and how much.
import { Shares, type SharesMemory } from './shares.js';
import { KINDS_HELD } from './udp-limits.js';
import { UdpLines } from './udp-lines.js';
import { UdpUse } from './udp-use.js';

export interface UdpMemory {
  /** See udp-lines.ts. */
  readonly lines: SharedArrayBuffer;
  /** See udp-use.ts. */
  readonly use: SharedArrayBuffer;
  /** The associations of client networks, and their flows, by the fds of the control connections. */
  readonly shares: SharesMemory;
}

/** Half of the slots stay free, so that a slot is found at once. */
const SPARE = 2;
const SLOTS_MIN = 16;

/**
 * `associations`: the most that there may ever be. `fdsMax`: numbers of fds are below this. `actors`: their numbers are below this.
 * `seed`: see shares.ts.
 */
export function newUdpMemory(associations: number, fdsMax: number, actors: number, seed: number): UdpMemory {
  return {
    lines: UdpLines.create(),
    use: UdpUse.create(actors),
    shares: Shares.create(Math.max(associations * SPARE, SLOTS_MIN), fdsMax, seed, KINDS_HELD),
  };
}
