// Measures the connections of this actor that carry much, and tells the routes what their lines carry. A connection that carries
// little is not known here. Several transfers at a time from one site over one line share it: what they carry together counts.

import { type Measured, Transfer, type Way } from '../../protocol/bulk/transfer.js';
import type { Candidate } from '../../protocol/lines/candidate.js';
import type { ConnectionRecords } from './records/records.js';
import { type BulkOutcome, MUCH } from './relay/copying.js';
import type { BulkSites } from './shared/bulk-sites.js';
import type { RoutesReplica } from './shared/routes-replica.js';

/** Stands for all addresses of a line. */
const ANY = new Uint8Array(4);

/** Spans whose ends are so near, as a part of a span, are of the same time. */
const AT_A_TIME = 0.1;

const lineOf = (line: number): Candidate => ({ line, ip: ANY });

export interface BulkParts {
  readonly clock: { readonly now: number };
  readonly records: Pick<ConnectionRecords, 'lineOf' | 'hostOf' | 'measured'>;
  readonly routes: Pick<RoutesReplica, 'hasBulk' | 'carried' | 'trickled'>;
  readonly sites: Pick<BulkSites, 'keyOf'>;
}

/** The last span of a transfer that was measured. */
interface Span {
  readonly bytes_s: number;
  readonly ended: number;
}

/** One connection. */
interface Live {
  /** Undefined until the site is known. */
  key: string | undefined;
  readonly line: number;
  readonly transfers: Partial<Record<Way, Transfer>>;
  readonly spans: Partial<Record<Way, Span>>;
  /** Bytes that were measured. */
  bulk: number;
}

export class BulkTransfers implements BulkOutcome {
  readonly #parts: BulkParts;
  /** By the number of the connection. */
  readonly #live = new Map<number, Live>();

  constructor(parts: BulkParts) {
    this.#parts = parts;
  }

  moved(connection: number, way: Way, bytes: number, isHeldUp: boolean, before: number): void {
    const { now } = this.#parts.clock;
    const live = this.#live.get(connection) ?? this.#begin(connection);
    if (live === undefined) return;
    // Where a busy thread moves a whole transfer in one turn, all that is known of its beginning is when bytes moved before.
    live.transfers[way] ??= new Transfer(way, MUCH, before);
    this.#learn(connection, live, way, live.transfers[way].moved(bytes, isHeldUp, now));
  }

  #begin(connection: number): Live | undefined {
    const { records } = this.#parts;
    const line = records.lineOf(connection);
    if (line === undefined) return undefined;
    const live: Live = { key: this.#keyOf(connection), line, transfers: {}, spans: {}, bulk: 0 };
    this.#live.set(connection, live);
    return live;
  }

  #keyOf(connection: number): string | undefined {
    const { records, sites } = this.#parts;
    const host = records.hostOf(connection);
    return host === undefined ? undefined : sites.keyOf(host);
  }

  #learn(connection: number, live: Live, way: Way, measured: Measured | undefined): void {
    if (measured === undefined) return;
    const { clock, records, routes } = this.#parts;
    const { now } = clock;
    records.measured(connection, way, measured.bytes_s);
    live.key ??= this.#keyOf(connection);
    if (live.key === undefined) return;
    const bytes_s = measured.bytes_s + this.#beside(live, way, now - measured.ms * (1 + AT_A_TIME));
    live.spans[way] = { bytes_s: measured.bytes_s, ended: now };
    live.bulk += measured.bytes;
    routes.carried(live.key, lineOf(live.line), way, { ...measured, bytes_s }, now);
  }

  /** What other transfers from the same site carried over the same line, by their last spans that ended after `since`. */
  #beside(live: Live, way: Way, since: number): number {
    let bytes_s = 0;
    for (const other of this.#live.values()) {
      if (other === live || other.line !== live.line || other.key !== live.key) continue;
      const span = other.spans[way];
      if (span !== undefined && span.ended >= since) bytes_s += span.bytes_s;
    }
    return bytes_s;
  }

  /** A connection has ended, after so many bytes each way. */
  ended(connection: number, up: number, down: number): void {
    const { clock, records, routes } = this.#parts;
    const live = this.#live.get(connection);
    if (live === undefined && !routes.hasBulk) return;
    for (const way of ['up', 'down'] as const) {
      if (live !== undefined) this.#learn(connection, live, way, live.transfers[way]?.ended());
    }
    this.#live.delete(connection);
    const line = live?.line ?? records.lineOf(connection);
    const rest = up + down - (live?.bulk ?? 0);
    if (line === undefined || rest <= 0 || !routes.hasBulk) return;
    const key = live === undefined ? this.#keyOf(connection) : live.key;
    if (key !== undefined) routes.trickled(key, lineOf(line), rest, clock.now);
  }
}
