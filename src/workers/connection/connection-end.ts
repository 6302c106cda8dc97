// Counts, records, logs and reports the end of a connection. One instance serves all connections of a thread. It closes no
// sockets.
import type { ConnectionRecord } from '../../protocol/race/record.js';
import type { RemoteLog } from '../../threads/log.js';
import { Counter } from '../../threads/shared/counters.js';
import type { Heard } from './relay/first-byte.js';
import type { RelayEnd, RelayOutcome } from './relay/relay.js';

/** Where the end of a connection is counted, recorded, logged and reported. */
export interface Books {
  readonly counters: Float64Array;
  readonly log: Pick<RemoteLog, 'enabled' | 'write'>;
  readonly records: Records;
  ended(): void;
}

/** The records of connections, each known by a number. */
interface Records {
  heard(connection: number, heard: Heard, since: number): void;
  /** `up`, `down`: bytes from the client, and to it. */
  ended(connection: number, how: string, up: number, down: number): void;
  read(connection: number): ConnectionRecord;
}

export class ConnectionEnd implements RelayOutcome {
  readonly #books: Books;

  constructor(books: Books) {
    this.#books = books;
  }

  heard(connection: number, heard: Heard, since: number): void {
    this.#books.records.heard(connection, heard, since);
  }

  relayed(connection: number, { how, up, down }: RelayEnd): void {
    const { counters } = this.#books;
    counters[Counter.bytesUp] += up;
    counters[Counter.bytesDown] += down;
    if (how === 'complete') counters[Counter.completed] += 1;
    else if (how === 'idle' || how === 'half-closed') counters[Counter.timeouts] += 1;
    else counters[Counter.resets] += 1;
    this.ended(connection, how, up, down);
  }

  /** Called when the connection's sockets have been closed. */
  ended(connection: number, how: string, up = 0, down = 0): void {
    const { counters, log, records } = this.#books;
    counters[Counter.closed] += 1;
    records.ended(connection, how, up, down);
    if (log.enabled('debug')) log.write('debug', fieldsOf(records.read(connection)), 'connection');
    this.#books.ended();
  }
}

/** The fields of the one log line of a connection. */
function fieldsOf(record: ConnectionRecord): Record<string, unknown> {
  const { client, user, tag, race, line, address, connect_ms, bytes_up, bytes_down, duration_ms, ending } = record;
  return { client, user, tag, ...race, line, address, connect_ms, bytes_up, bytes_down, duration_ms, ending };
}
