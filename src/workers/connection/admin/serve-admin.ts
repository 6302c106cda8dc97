// Answers the admin actor's calls to a connection actor. It decides nothing.
import type { ConnectionFilter } from '../../../protocol/connections/filter.js';
import type { ConnectionsAdmin } from '../../../threads/contracts/admin/connections.js';
import type { DialAsked, Dialled } from '../../../threads/contracts/admin/dial.js';
import type { ConnectionRecords } from '../records/records.js';
import type { FlowBook } from '../udp/records/flow-book.js';
import { Dials } from './dials.js';
import { Finding, type FoundRecords } from './finding.js';
import { flowsAdmin } from './flows.js';
import { type MatchedRecords, matching, type Names } from './matching.js';
import { newsSince } from './news.js';
import { samplesOf } from './sampling.js';

/** Places in one answer, whatever is asked for: those of a page, and one that tells that there is another page. */
const PLACES_MAX = 1001;
/** Summaries in one answer, which takes about a millisecond. */
const SUMMARIES_MAX = 128;

export interface AdminServedParts {
  readonly actor: number;
  readonly records: FoundRecords & MatchedRecords & Pick<ConnectionRecords, 'reader'>;
  /** Of datagrams. */
  readonly flowBook: Pick<FlowBook, 'records'>;
  readonly names: Names;
  /** Somebody wants to know what lines carry each second, for some seconds. */
  readonly watch: () => void;
  /** Dials over a line, to measure that. */
  readonly dial: (asked: DialAsked) => Promise<Dialled>;
  readonly testRules: ConnectionsAdmin['testRules'];
}

export function connectionsAdmin(parts: AdminServedParts): ConnectionsAdmin {
  const { actor, records, flowBook, names, watch, dial, testRules } = parts;
  const { reader } = records;
  const dials = new Dials(dial);
  const finding = new Finding(actor, records, (filter: ConnectionFilter) => matching(filter, records, names));
  return {
    find: async (sought, from) => finding.find({ ...sought, most: Math.min(sought.most, PLACES_MAX) }, from),
    summaries: async (ids) =>
      ids
        .slice(0, SUMMARIES_MAX)
        .map(({ slot, serial }) => (reader.isOf(slot, serial) ? reader.summary(slot) : undefined)),
    record: async ({ slot, serial }) => (reader.isOf(slot, serial) ? reader.read(slot) : undefined),
    close: async (id) => finding.close(id),
    closeAll: async (filter, from) => finding.closeAll(filter, from),
    dial: (asked) => dials.dial(asked),
    samples: async (sampling) => samplesOf(reader, sampling),
    async news(since, most) {
      watch();
      return newsSince(reader, (slot) => reader.summary(slot), since, most);
    },
    testRules,
    ...flowsAdmin(actor, flowBook, names),
  };
}
