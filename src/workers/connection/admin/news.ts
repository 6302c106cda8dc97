// What has opened and ended since somebody asked last, from the slots that the records remember anyway: while nobody asks, it
// costs nothing.
import type { News, NewsCursor, NewsItem, NewsOf } from '../../../threads/contracts/admin/connections.js';
import type { Counted, RecordReader } from '../records/record-reader.js';

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
  const first = Math.max(since, counted.first);
  const known = Math.max(counted.count - first, 0);
  const wanted = Math.min(known, most, MOST);
  const items: NewsItem[] = [];
  for (let i = 0; i < wanted; i += 1) {
    // Spread over the time: the last ones would be those of the last moment only.
    const slot = counted.slotOf(first + Math.floor(((i + 1) * known) / wanted) - 1);
    if (slot === undefined || !which.some((one) => records.has(slot, one))) continue;
    items.push({ id: { slot, serial: records.serialOf(slot) }, connection: records.summary(slot) });
  }
  return { count, some: items };
}
