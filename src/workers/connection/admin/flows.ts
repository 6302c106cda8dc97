// Answers the admin actor's calls about flows of datagrams. It finds them as connections are found, and decides nothing.
import type { FlowFilter } from '../../../protocol/udp/flow-filter.js';
import type { FlowRecord } from '../../../protocol/udp/flow-record.js';
import type { FlowsAdmin } from '../../../threads/contracts/admin/flows.js';
import type { News } from '../../../threads/contracts/admin/news.js';
import type { FlowBook } from '../udp/records/flow-book.js';
import type { FlowRecords } from '../udp/records/flow-records.js';
import { Finding, type FoundRecords } from './finding.js';
import { type MatchedRecords, type Matches, matching, type Names } from './matching.js';
import { newsSince } from './news.js';

/** Places in one answer, whatever is asked for. */
const PLACES_MAX = 1001;
/** Records in one answer, which takes about a millisecond. */
const RECORDS_MAX = 128;

const NONE = { count: 0, some: [] } as const;
const NOTHING: News<FlowRecord> = { cursor: { opened: 0, ended: 0 }, opened: NONE, ended: NONE };

/** The flows of `book`, which has none before the first one. */
export function flowsAdmin(actor: number, book: Pick<FlowBook, 'records'>, names: Names): FlowsAdmin {
  const findingIn = (records: FlowRecords): Finding<FlowFilter> =>
    new Finding(actor, foundIn(records), (filter) => flowMatching(filter, actor, records, names));
  return {
    async findFlows(sought, from) {
      const { records } = book;
      if (records === undefined) return { places: [], matched: 0, next: undefined };
      return findingIn(records).find({ ...sought, most: Math.min(sought.most, PLACES_MAX) }, from);
    },
    async flows(ids) {
      const reader = book.records?.reader;
      return ids
        .slice(0, RECORDS_MAX)
        .map(({ slot, serial }) => (reader?.isOf(slot, serial) ? reader.read(slot) : undefined));
    },
    async flowNews(since, most) {
      const reader = book.records?.reader;
      if (reader === undefined) return NOTHING;
      return newsSince(reader, (slot) => reader.read(slot), since, most);
    },
    closeFlow: async (id) => (book.records === undefined ? 'unknown' : findingIn(book.records).close(id)),
    async closeFlows(filter, from) {
      if (book.records === undefined) return { closed: 0, next: undefined };
      return findingIn(book.records).closeAll(filter, from);
    },
  };
}

function foundIn(records: FlowRecords): FoundRecords {
  return { reader: records.reader, underway: (slot) => records.live(slot) };
}

function flowMatching(filter: FlowFilter, actor: number, records: FlowRecords, names: Names): Matches {
  const { kind, association } = filter;
  const { reader } = records;
  const all: Matches[] = [];
  if (kind !== undefined) all.push((slot) => reader.kindOf(slot) === kind);
  if (association !== undefined) {
    all.push((slot) => {
      const { slot: own, serial } = reader.associationOf(slot);
      return association.actor === actor && association.slot === own && association.serial === serial;
    });
  }
  all.push(matching(filter, matchedIn(records), names));
  return (slot) => all.every((one) => one(slot));
}

/** What connections have too. */
function matchedIn({ reader }: FlowRecords): MatchedRecords {
  return {
    clientIp: (slot) => reader.associationOf(slot).clientIp,
    clientName: (slot) => reader.associationOf(slot).client,
    listenerOf: (slot) => reader.associationOf(slot).listener,
    lineOf: (slot) => reader.lineOf(slot),
    hostOf: (slot) => reader.hostOf(slot),
    nameOf: (slot) => reader.sniOf(slot),
    reader: {
      userName: (slot) => reader.associationOf(slot).user?.name,
      targetPort: (slot) => reader.targetPort(slot),
    },
  };
}
