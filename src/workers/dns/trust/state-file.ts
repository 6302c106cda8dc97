// The file in which the bad addresses outlive the process: what stands in it, beside how files/state-file.ts keeps it.
import { readState, type StateFile, type Warn } from '../../../files/state-file.js';
import type { BadAddress } from '../../../protocol/trust/evidence.js';
import {
  encodeSnapshot,
  type KeptAddress,
  parseSnapshot,
  SNAPSHOT_OCTETS_MAX,
} from '../../../protocol/trust/snapshot.js';

/** Before anything is served, so that there is no moment without the list. */
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
