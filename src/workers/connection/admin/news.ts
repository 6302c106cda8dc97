// What has opened and ended since somebody asked last, from the slots that the records remember anyway: while nobody asks, it
// costs nothing.
import type { News, NewsCursor, NewsItem, NewsOf } from '../../../threads/contracts/admin/news.js';
import type { Counted } from '../records/record-reader.js';
import { spread } from './spread.js';

/** What is told of each kind at most, whatever is asked for. */
const MOST = 256;

/** What is on record, each by its slot. */
interface NewsRecords {
  readonly openings: Counted;
  readonly endings: Counted;
  has(slot: number, which: 'live' | 'ended'): boolean;
  serialOf(slot: number): number;
}

/** `most`: how many of each kind are told. `tell`: what is told of one. */
export function newsSince<One>(
  records: NewsRecords,
  tell: (slot: number) => One,
  since: NewsCursor | undefined,
  most: number,
): News<One> {
  const { openings, endings } = records;
  const cursor = { opened: openings.count, ended: endings.count };
  const { opened, ended } = since ?? cursor;
  return {
    cursor,
    opened: some(records, tell, openings, opened, most, ['live', 'ended']),
    ended: some(records, tell, endings, ended, most, ['ended']),
  };
}

/** `which`: what it must still be. */
function some<One>(
  records: NewsRecords,
  tell: (slot: number) => One,
  counted: Counted,
  since: number,
  most: number,
  which: readonly ('live' | 'ended')[],
): NewsOf<One> {
  const count = Math.max(counted.count - since, 0);
  const items = spread(counted, since, Math.min(most, MOST))
    .filter((slot) => which.some((one) => records.has(slot, one)))
    .map((slot): NewsItem<One> => ({ id: { slot, serial: records.serialOf(slot) }, one: tell(slot) }));
  return { count, some: items };
}
