// What has opened and ended since somebody asked last, from the slots that the records remember anyway: while nobody asks, it
// costs nothing.
import type { News, NewsCursor, NewsItem, NewsOf } from '../../../threads/contracts/admin/connections.js';
import type { Counted, RecordReader } from '../records/record-reader.js';
import { spread } from './spread.js';

/** What is told of each kind at most, whatever is asked for. */
const MOST = 256;

export type NewsRecords = Pick<RecordReader, 'openings' | 'endings' | 'has' | 'serialOf' | 'summary'>;

/** `most`: how many of each kind are told. */
export function newsSince(records: NewsRecords, since: NewsCursor | undefined, most: number): News {
  const { openings, endings } = records;
  const cursor = { opened: openings.count, ended: endings.count };
  const { opened, ended } = since ?? cursor;
  return {
    cursor,
    opened: some(records, openings, opened, most, ['live', 'ended']),
    ended: some(records, endings, ended, most, ['ended']),
  };
}

/** `which`: what a connection must still be. */
function some(
  records: NewsRecords,
  counted: Counted,
  since: number,
  most: number,
  which: readonly ('live' | 'ended')[],
): NewsOf {
  const count = Math.max(counted.count - since, 0);
  const items = spread(counted, since, Math.min(most, MOST))
    .filter((slot) => which.some((one) => records.has(slot, one)))
    .map((slot): NewsItem => ({ id: { slot, serial: records.serialOf(slot) }, connection: records.summary(slot) }));
  return { count, some: items };
}
