// Counts, records, logs and reports the end of a connection. One instance serves all connections of a thread. It closes no
// sockets.
import type { ConnectionEnding } from '../../protocol/race/ending.js';
import type { ConnectionRecord } from '../../protocol/race/record.js';
import type { RemoteLog } from '../../threads/log.js';
import type { ConnectionCounts } from '../../threads/shared/connection-counts.js';
import { Counter } from '../../threads/shared/counters.js';
import type { LineCounts } from '../../threads/shared/line-counts.js';
import type { BulkTransfers } from './bulk-transfers.js';
import type { Carrying } from './carrying.js';
import type { Heard } from './relay/first-byte.js';
import type { RelayEnd, RelayOutcome } from './relay/relay-end.js';

/** Where the end of a connection is counted, recorded, logged and reported. */
export interface Books {
  readonly clock: { readonly now: number };
  readonly counters: Float64Array;
  readonly connectionCounts: Pick<ConnectionCounts, 'ended'>;
  readonly lineCounts: Pick<LineCounts, 'answered'>;
  readonly log: Pick<RemoteLog, 'enabled' | 'write'>;
  readonly records: Records;
  readonly carrying: Pick<Carrying, 'ended'>;
  readonly bulk: Pick<BulkTransfers, 'ended'>;
  ended(): void;
}

/** Takes the record of each connection that has ended. */
interface Access {
  ended(record: ConnectionRecord): void;
  /** The records that come now are the last ones. */
  last(): void;
}

/** The records of connections, each known by a number. */
interface Records {
  heard(connection: number, heard: Heard, since: number): void;
  lineOf(connection: number): number | undefined;
  listenerOf(connection: number): number;
  /** `up`, `down`: bytes from the client, and to it. */
  ended(connection: number, how: ConnectionEnding, up: number, down: number): void;
  live(): readonly number[];
  read(connection: number): ConnectionRecord;
}

export class ConnectionEnd implements RelayOutcome {
  readonly #books: Books;
  /** Undefined where there is no access log. */
  access: Access | undefined;
  /** Whether the first byte of each connection is noted, so that its time is counted. */
  countsFirstBytes = false;

  constructor(books: Books) {
    this.#books = books;
  }

  /** Whether the first byte of each connection is noted. */
  get wantsFirstBytes(): boolean {
    return this.access !== undefined || this.countsFirstBytes;
  }

  heard(connection: number, heard: Heard, since: number): void {
    const { records, lineCounts, clock } = this.#books;
    records.heard(connection, heard, since);
    const line = heard === 'silent' || Number.isNaN(since) ? undefined : records.lineOf(connection);
    if (line !== undefined) lineCounts.answered(line, clock.now - since);
  }

  relayed(connection: number, { how, up, down }: RelayEnd): void {
    const { counters } = this.#books;
    this.#carried(connection, up, down);
    if (how === 'complete') counters[Counter.completed] += 1;
    else if (how === 'idle' || how === 'half-closed') counters[Counter.timeouts] += 1;
    else if (how === 'dead-line') counters[Counter.deadLine] += 1;
    else if (how === 'ended-for-room') counters[Counter.endedForRoom] += 1;
    else if (how !== 'closed-by-operator') counters[Counter.resets] += 1;
    this.ended(connection, how, up, down);
  }

  /** The actor ends: what is live is cut. Called when its engine has closed all sockets, so that nothing ends twice. */
  cutAll(): void {
    const { counters, records } = this.#books;
    this.access?.last();
    for (const connection of records.live()) {
      const { bytes_up, bytes_down } = records.read(connection);
      this.#carried(connection, bytes_up, bytes_down);
      counters[Counter.cut] += 1;
      this.ended(connection, 'cut', bytes_up, bytes_down);
    }
  }

  #carried(connection: number, up: number, down: number): void {
    const { counters, carrying, bulk } = this.#books;
    counters[Counter.bytesUp] += up;
    counters[Counter.bytesDown] += down;
    carrying.ended(connection, up, down);
    bulk.ended(connection, up, down);
  }

  /** Called when the connection's sockets have been closed. */
  ended(connection: number, how: ConnectionEnding, up = 0, down = 0): void {
    const { counters, connectionCounts, log, records } = this.#books;
    const { access } = this;
    counters[Counter.closed] += 1;
    connectionCounts.ended(records.listenerOf(connection), how);
    if (how === 'closed-by-operator') counters[Counter.closedByOperator] += 1;
    records.ended(connection, how, up, down);
    const isDebugging = log.enabled('debug');
    if (isDebugging || access !== undefined) {
      const record = records.read(connection);
      if (isDebugging) log.write('debug', fieldsOf(record), 'connection');
      access?.ended(record);
    }
    this.#books.ended();
  }
}

/** The fields of the line of a connection at level debug, which has all attempts. */
function fieldsOf(record: ConnectionRecord): Record<string, unknown> {
  const { client, user, tag, association, race, line, address, connect_ms } = record;
  const { bytes_up, bytes_down, rate, duration_ms, ending } = record;
  const carried = { bytes_up, bytes_down, rate, duration_ms, ending };
  return { client, user, tag, association, ...race, line, address, connect_ms, ...carried };
}
