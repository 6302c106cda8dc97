// The content of the file in which the bad addresses outlive the process. It does not lock or replace the file: see
// files/state-file.ts.
import { readState, type StateFile, type Warn } from '../../../files/state-file.js';
import type { BadAddress } from '../../../protocol/trust/evidence.js';
import {
  encodeSnapshot,
  type KeptAddress,
  parseSnapshot,
  SNAPSHOT_OCTETS_MAX,
} from '../../../protocol/trust/snapshot.js';

/** Call before anything is served, so that the list is complete from the first answer on. Returns [] for an unusable file. */
export function readBadAddresses(
  path: string,
  { now, addresses_max }: { now: number; addresses_max: number },
  warn: Warn,
): readonly KeptAddress[] {
  const text = readState(path, SNAPSHOT_OCTETS_MAX, warn);
  if (text === undefined) return [];
  const parsed = parseSnapshot(text, now, addresses_max);
  if (parsed.kind === 'snapshot') return parsed.addresses;
  warn(`${path} is ignored: ${parsed.why}`);
  return [];
}

export function writeBadAddresses(file: StateFile, addresses: readonly BadAddress[]): Promise<boolean> {
  return file.write(() => [encodeSnapshot(addresses)]);
}
