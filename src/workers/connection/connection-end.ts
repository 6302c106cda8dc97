// Counts, logs and reports the end of a connection.
import type { RemoteLog } from '../../threads/log.js';
import { Counter } from '../../threads/shared/counters.js';
import type { RelayEnd, RelayOutcome } from './relay/relay.js';

/** Where the end of a connection is counted, logged and reported. */
interface Books {
  readonly counters: Float64Array;
  readonly log: Pick<RemoteLog, 'write'>;
  ended(): void;
}

/** The record of a connection. */
interface Recording {
  /** Bytes from the client, and to it. */
  relayed(up: number, down: number): void;
  fields(ending: string): Record<string, unknown>;
}

/** The end of a connection. A single one, which has no record, serves all connections that are not recorded. */
export class ConnectionEnd<R extends Recording> implements RelayOutcome {
  readonly record: R | undefined;
  readonly #books: Books;

  constructor(books: Books, record: R | undefined) {
    this.#books = books;
    this.record = record;
  }

  relayed({ how, up, down }: RelayEnd): void {
    const { counters } = this.#books;
    counters[Counter.bytesUp] += up;
    counters[Counter.bytesDown] += down;
    if (how === 'complete') counters[Counter.completed] += 1;
    else if (how === 'idle' || how === 'half-closed') counters[Counter.timeouts] += 1;
    else counters[Counter.resets] += 1;
    this.record?.relayed(up, down);
    this.ended(how);
  }

  /** Called when the connection's sockets have been closed. */
  ended(how: string): void {
    const { counters, log } = this.#books;
    counters[Counter.closed] += 1;
    if (this.record !== undefined) log.write('debug', this.record.fields(how), 'connection');
    this.#books.ended();
  }
}
