// A share of the connections that have ended since somebody asked last, for traces. It is had from what is on record anyway: a
// connection costs nothing for it.
import type { Sampled, Samples, Sampling } from '../../../threads/contracts/admin/connections.js';
import type { RecordReader } from '../records/record-reader.js';
import { spread } from './spread.js';

/** Samples in one answer, which takes a few ms. */
export const SAMPLES_MAX = 64;

export type SampledRecords = Pick<RecordReader, 'endings' | 'has' | 'read' | 'waited'>;

export function samplesOf(records: SampledRecords, { since, share, owed }: Sampling): Samples {
  const { endings } = records;
  const { count: ended } = endings;
  // Another actor has counted further than this one, which has taken its place.
  const count = since === undefined ? 0 : since > ended ? ended : ended - since;
  const due = owed + count * share;
  const wanted = Math.floor(due);
  const slots = spread(endings, ended - count, Math.min(wanted, SAMPLES_MAX));
  const samples = slots
    .filter((slot) => records.has(slot, 'ended'))
    .map((slot): Sampled => ({ record: records.read(slot), handshake_ms: records.waited(slot) }));
  return { ended, owed: due - wanted, missed: wanted - samples.length, samples };
}
