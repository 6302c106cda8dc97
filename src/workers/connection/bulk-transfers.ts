// Measures the connections of this actor that carry much, and tells the routes what their lines carry. A connection that carries
// little is not known here. Several transfers at a time from one site over one line share it: what they carry together counts.

import { type Measured, Transfer, type Way } from '../../protocol/bulk/transfer.js';
import type { Candidate } from '../../protocol/lines/candidate.js';
import type { BulkSpans } from '../../threads/shared/bulk-spans.js';
import type { ConnectionRecords } from './records/records.js';
import { type BulkOutcome, MUCH } from './relay/copying.js';
import type { BulkSites } from './shared/replicas/bulk-sites.js';
import type { RoutesReplica } from './shared/replicas/routes.js';

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
  /** Of all actors. */
  readonly spans: BulkSpans;
  /** The time that is the same in all threads: ms since 1970. */
  readonly wall: () => number;
}

/** One connection. */
interface Live {
  /** Undefined until the site is known. */
  key: string | undefined;
  readonly line: number;
  readonly transfers: Partial<Record<Way, Transfer>>;
  /** Its places among the spans, and what those of its site, line and way have in common. */
  readonly spans: Record<Way, { readonly slot: number; readonly group: number } | undefined>;
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

  /** There are so many actors. */
  reach(actors: number): void {
    this.#parts.spans.reach(actors);
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
    const live: Live = {
      key: this.#keyOf(connection),
      line,
      transfers: {},
      spans: { up: undefined, down: undefined },
      bulk: 0,
    };
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
    const { clock, records, routes, spans, wall } = this.#parts;
    records.measured(connection, way, measured.bytes_s);
    live.key ??= this.#keyOf(connection);
    if (live.key === undefined) return;
    live.spans[way] ??= { slot: spans.take(), group: groupOf(live.key, live.line, way) };
    const { slot, group } = live.spans[way];
    const ended = wall();
    const bytes_s = measured.bytes_s + spans.beside(group, slot, ended - measured.ms * (1 + AT_A_TIME));
    spans.put(slot, group, measured.bytes_s, ended);
    live.bulk += measured.bytes;
    routes.carried(live.key, lineOf(live.line), way, { ...measured, bytes_s }, clock.now);
  }

  /** A connection has ended, after so many bytes each way. */
  ended(connection: number, up: number, down: number): void {
    const { clock, records, routes, spans } = this.#parts;
    const live = this.#live.get(connection);
    if (live === undefined && !routes.hasBulk) return;
    for (const way of ['up', 'down'] as const) {
      if (live !== undefined) this.#learn(connection, live, way, live.transfers[way]?.ended());
    }
    for (const span of Object.values(live?.spans ?? {})) if (span !== undefined) spans.clear(span.slot, span.group);
    this.#live.delete(connection);
    const line = live?.line ?? records.lineOf(connection);
    const rest = up + down - (live?.bulk ?? 0);
    if (line === undefined || rest <= 0 || !routes.hasBulk) return;
    const key = live === undefined ? this.#keyOf(connection) : live.key;
    if (key !== undefined) routes.trickled(key, lineOf(line), rest, clock.now);
  }
}

/** FNV-1a, and never 0. */
function groupOf(key: string, line: number, way: Way): number {
  let hash = 0x811c9dc5;
  for (const char of `${way}${line} ${key}`) hash = Math.imul(hash ^ (char.codePointAt(0) as number), 0x01000193);
  return (hash >>> 0) + 1;
}
