// The records of an actor's flows: of all live ones, and of those that ended last. Numbers are in rows that are allocated once
// (rows.ts), texts are made only when a record is read. One object for each flow has the rest. It counts and logs nothing: see
// flow-book.ts.
import type { Target } from '../../../../protocol/address/target.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import type { FlowEnding, FlowKind } from '../../../../protocol/udp/flow-record.js';
import { Column } from '../../records/column.js';
import { Serials } from '../../records/serials.js';
import { Slots } from '../../records/slots.js';
import type { AssociationNote } from './association-note.js';
import { FlowReader } from './flow-reader.js';
import type { FlowBeside, FlowRecordsParts, LiveFlow, NotedFlowAttempt } from './noted.js';
import { FlowRows } from './rows.js';

/** Records of flows that have ended. They take 200 KiB of a worker that has carried datagrams. */
const ENDED_MAX = 1000;
/** Live flows beyond these are not on record, where the configuration allows for more of them: 8 MB, as far as they are used. */
const LIVE_MAX = 65_536;

export class FlowRecords {
  readonly #clock: { readonly now: number };
  readonly #slots: Slots;
  readonly #serials: Serials;
  readonly #rows: FlowRows;
  readonly #beside = new Column<FlowBeside>();
  /** Makes records of what is noted here. */
  readonly reader: FlowReader;

  constructor(parts: FlowRecordsParts) {
    this.#clock = parts.clock;
    this.#slots = new Slots(parts.live_max ?? LIVE_MAX, parts.ended_max ?? ENDED_MAX);
    // One more row, for the slot that is never read.
    const rows = this.#slots.capacity + 1;
    this.#rows = new FlowRows(rows);
    this.#serials = new Serials(rows, Date.now());
    const columns = { slots: this.#slots, serials: this.#serials, rows: this.#rows, beside: this.#beside };
    this.reader = new FlowReader({ ...parts, ...columns });
  }

  /** Returns its slot, the number of the flow here until it ends. */
  open(association: AssociationNote, { host, port }: Target, kind: FlowKind, live: LiveFlow): number {
    const slot = this.#slots.take();
    this.#serials.opened(slot);
    this.#rows.open(slot, port, kind, this.#clock.now);
    const none = { sni: undefined, attempts: [], failure: undefined };
    this.#beside.set(slot, { association, host, live, ...none });
    return slot;
  }

  /** The number of the line that carries it; undefined as long as none does. */
  lineOf(slot: number): number | undefined {
    return this.#rows.line(slot);
  }

  /** The name of its user; undefined where it has none. */
  userOf(slot: number): string | undefined {
    return this.#beside.get(slot)?.association.user?.name;
  }

  /** Datagrams of the client were sent. `bytes`: of all of them together. */
  up(slot: number, datagrams: number, bytes: number): void {
    this.#rows.up(slot, datagrams, bytes, this.#clock.now);
  }

  /** Answers were sent to the client. */
  down(slot: number, datagrams: number, bytes: number): void {
    this.#rows.down(slot, datagrams, bytes, this.#clock.now);
  }

  /** A line carries it from here on. `ip`: what is sent to; undefined where the proxy resolves the name. */
  carried(slot: number, line: number, ip: Uint8Array | undefined): void {
    this.#rows.carry(slot, line, ip);
  }

  /** It has turned out to be one of QUIC. Returns whether that was not known before. */
  quic(slot: number): boolean {
    return this.#rows.quic(slot);
  }

  /** The name in the ClientHello of a QUIC flow. */
  named(slot: number, sni: string): void {
    const beside = this.#beside.get(slot);
    if (beside !== undefined) beside.sni = sni;
  }

  /** `attempts` of its race: read whenever somebody asks while it lives, so they may be those of the race itself. */
  raced(slot: number, attempts: readonly NotedFlowAttempt[]): void {
    const beside = this.#beside.get(slot);
    if (beside !== undefined) beside.attempts = attempts;
  }

  /** Why nothing carries it, or why what carried it does so no longer. */
  failed(slot: number, failure: Failure): void {
    const beside = this.#beside.get(slot);
    if (beside !== undefined) beside.failure = failure;
  }

  ended(slot: number, how: FlowEnding): void {
    this.#rows.end(slot, how, this.#clock.now);
    const beside = this.#beside.get(slot);
    if (beside !== undefined) {
      beside.live = undefined;
      beside.attempts = beside.attempts.map(copyOf);
    }
    const freed = this.#slots.end(slot);
    if (freed < 0) return;
    this.#rows.clear(freed);
    this.#beside.clear(freed);
  }

  /** What a live flow does for who looks at it; undefined for one that has ended. */
  live(slot: number): LiveFlow | undefined {
    return this.#beside.get(slot)?.live;
  }
}

/** The attempt itself may keep its race in memory. */
function copyOf({ line, ip, sentAt, endedAt, datagrams, result }: NotedFlowAttempt): NotedFlowAttempt {
  return { line, ip, sentAt, endedAt, datagrams, result };
}
