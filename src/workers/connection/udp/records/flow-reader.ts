// Makes the records of flows from what flow-records.ts has noted. Texts and objects are made only here, for who asks. It changes
// nothing.
import { formatEndpoint, formatIp } from '../../../../protocol/address/address.js';
import { formatConnectionId } from '../../../../protocol/connections/connection-id.js';
import type { FlowAttemptRecord, FlowKind, FlowRecord } from '../../../../protocol/udp/flow-record.js';
import type { Column } from '../../records/column.js';
import type { Counted } from '../../records/record-reader.js';
import type { Serials } from '../../records/serials.js';
import type { Slots } from '../../records/slots.js';
import type { AssociationNote } from './association-note.js';
import type { FlowBeside, FlowRecordsParts, NotedFlowAttempt } from './noted.js';
import type { FlowRows } from './rows.js';

export interface FlowColumns extends FlowRecordsParts {
  readonly slots: Slots;
  readonly serials: Serials;
  readonly rows: FlowRows;
  readonly beside: Column<FlowBeside>;
}

export class FlowReader {
  readonly #columns: FlowColumns;
  /** What the clock's times are less than ms since 1970. */
  readonly #epoch: number;

  constructor(columns: FlowColumns) {
    this.#columns = columns;
    this.#epoch = Math.round(Date.now() - columns.clock.now);
  }

  /** Of a slot that `has` a flow. */
  read(slot: number): FlowRecord {
    const { actor, rows, listenerName, lineName, present } = this.#columns;
    const { association, sni, attempts, failure } = this.#besideOf(slot);
    const isLive = rows.has(slot, 'live');
    const [line, address, opened] = [rows.line(slot), rows.address(slot), rows.opened(slot)];
    const [now, answered] = [present(), rows.answered(slot)];
    return {
      association: formatConnectionId({ actor, slot: association.slot, serial: association.serial }),
      client: association.client,
      listener: listenerName(association.listener),
      ...{ user: association.user?.name, tag: association.user?.tag },
      target: formatEndpoint(this.hostOf(slot), rows.port(slot)),
      sni,
      kind: rows.kind(slot),
      phase: isLive ? (line === undefined ? 'waiting' : 'open') : 'ended',
      line: line === undefined ? undefined : lineName(line),
      address: address && formatIp(address),
      ...{ datagrams_up: rows.datagramsUp(slot), datagrams_down: rows.datagramsDown(slot) },
      ...{ bytes_up: rows.bytes(slot, 'up'), bytes_down: rows.bytes(slot, 'down') },
      first_answer_ms: since(opened, answered),
      attempts: attempts.map((one) => this.#attempt(one, opened)),
      opened_at: this.openedAt(slot),
      duration_ms: Math.max(Math.round((isLive ? now : rows.ended(slot)) - opened), 0),
      silent_ms: isLive ? Math.max(Math.round(now - rows.moved(slot)), 0) : undefined,
      ending: isLive ? undefined : rows.ending(slot),
      ...{ cause: failure?.code, detail: failure?.detail },
    };
  }

  #attempt({ line, ip, sentAt, endedAt, datagrams, result }: NotedFlowAttempt, opened: number): FlowAttemptRecord {
    const sent_ms = since(opened, sentAt);
    const address = ip && formatIp(ip);
    return {
      line: this.#columns.lineName(line),
      address,
      sent_ms,
      ended_ms: since(opened, endedAt),
      datagrams,
      result,
    };
  }

  #besideOf(slot: number): FlowBeside {
    return this.#columns.beside.get(slot) as FlowBeside;
  }

  // For who looks for flows: no record is made for these

  /** Slots that have been used are below this. */
  get end(): number {
    return this.#columns.slots.used;
  }

  has(slot: number, which: 'live' | 'ended'): boolean {
    return this.#columns.rows.has(slot, which);
  }

  /** Whether a flow, live or ended, is that of the serial number. */
  isOf(slot: number, serial: number): boolean {
    const isUsed = slot < this.end && (this.has(slot, 'live') || this.has(slot, 'ended'));
    return isUsed && this.serialOf(slot) === serial;
  }

  serialOf(slot: number): number {
    return this.#columns.serials.of(slot);
  }

  associationOf(slot: number): AssociationNote {
    return this.#besideOf(slot).association;
  }

  /** The host that the client asked for. */
  hostOf(slot: number): string {
    return this.#besideOf(slot).host;
  }

  sniOf(slot: number): string | undefined {
    return this.#besideOf(slot).sni;
  }

  targetPort(slot: number): number {
    return this.#columns.rows.port(slot);
  }

  kindOf(slot: number): FlowKind {
    return this.#columns.rows.kind(slot);
  }

  /** The number of the line that carries it, or has; undefined where none does. */
  lineOf(slot: number): number | undefined {
    return this.#columns.rows.line(slot);
  }

  /** Bytes from the client, and to it. */
  bytes(slot: number, way: 'up' | 'down'): number {
    return this.#columns.rows.bytes(slot, way);
  }

  /** When it was opened, in whole ms since 1970; always the same. */
  openedAt(slot: number): number {
    return Math.round(this.#columns.rows.opened(slot)) + this.#epoch;
  }

  /** When it ended, by the same clock. */
  endedAt(slot: number): number {
    return Math.round(this.#columns.rows.ended(slot)) + this.#epoch;
  }

  // What has opened and ended since

  get openings(): Counted {
    return this.#columns.serials;
  }

  get endings(): Counted {
    return this.#columns.slots.endings;
  }
}

/** In ms, to a tenth; undefined for what has not happened. */
function since(opened: number, at: number): number | undefined {
  return Number.isNaN(at) ? undefined : Math.max(Math.round((at - opened) * 10) / 10, 0);
}
