// Makes the records of connections from what records.ts has noted. Texts and objects are made only here, for who asks. It
// changes nothing.
import { formatEndpoint, formatIp } from '../../../protocol/address/address.js';
import { formatConnectionId } from '../../../protocol/connections/connection-id.js';
import type { ConnectionSummary, Phase } from '../../../protocol/connections/summary.js';
import type { ConnectionRecord, RaceRecord } from '../../../protocol/race/record.js';
import type { RecordsPage } from '../../../threads/contracts/connection.js';
import { type Beside, besideOf, onlyAttempt } from './beside.js';
import type { Column } from './column.js';
import { raceRecord, rounded } from './race-record.js';
import { Flag, type RecordRows } from './rows.js';
import type { Serials } from './serials.js';
import type { Slots } from './slots.js';
import type { Underway } from './underway.js';

/** Records in one answer, which takes some ms. */
const PAGE = 256;

/** What is noted of connections; see records.ts. */
export interface RecordColumns {
  /** The number of the actor. */
  readonly actor: number;
  readonly clock: { readonly now: number };
  /** What the clock would say if it were read at this moment: an idle actor has read it some time ago. */
  readonly present: () => number;
  readonly listenerName: (listener: number) => string;
  readonly lineName: (line: number) => string;
  readonly slots: Slots;
  readonly serials: Serials;
  readonly rows: RecordRows;
  readonly underway: Column<Underway>;
  readonly beside: Column<Beside | string>;
  readonly rates: Column<NonNullable<ConnectionRecord['rate']>>;
  readonly endings: readonly string[];
}

export class RecordReader {
  readonly #columns: RecordColumns;
  /** What the clock's times are less than ms since 1970, so that the order of connections does not change with the time of day. */
  readonly #epoch: number;

  constructor(columns: RecordColumns) {
    this.#columns = columns;
    this.#epoch = Math.round(Date.now() - columns.clock.now);
  }

  /** A page of records from slot `from` on: live connections as they are now, and those that ended last. */
  page(from: number): RecordsPage {
    const { slots, rows } = this.#columns;
    const { used } = slots;
    const records: ConnectionRecord[] = [];
    for (let slot = from; slot < used; slot += 1) {
      if (records.length === PAGE) return { records, next: slot };
      if (rows.has(slot, Flag.live | Flag.ended)) records.push(this.read(slot));
    }
    return { records, next: undefined };
  }

  read(slot: number): ConnectionRecord {
    const noted = this.#notedOf(slot);
    return { ...this.#own(slot, noted), race: this.#raced(slot, noted) };
  }

  /** The same without the attempts of its race. */
  summary(slot: number): ConnectionSummary {
    const noted = this.#notedOf(slot);
    const { rows } = this.#columns;
    return {
      ...this.#own(slot, noted),
      phase: this.#phaseOf(slot),
      target: rows.has(slot, Flag.targeted) ? this.#targetOf(slot, noted) : undefined,
      attempts: noted.race?.attempts.length ?? 0,
      cause: noted.failure?.code,
    };
  }

  /** From the opening of a connection to the beginning of its race, in ms; undefined where there was none. */
  waited(slot: number): number | undefined {
    const { rows } = this.#columns;
    const { race } = this.#notedOf(slot);
    if (race === undefined) return undefined;
    // The times of a row count from the opening.
    return rounded(rows.has(slot, Flag.won) ? race.started : rows.since(slot, race.started));
  }

  #phaseOf(slot: number): Phase {
    const { rows, underway } = this.#columns;
    if (!rows.has(slot, Flag.live)) return 'ended';
    if (underway.get(slot)?.cut !== undefined) return 'relay';
    return rows.has(slot, Flag.targeted) ? 'race' : 'handshake';
  }

  #own(slot: number, { user, winner, isAssociation }: Beside): Omit<ConnectionRecord, 'race'> {
    const { actor, serials, rows, underway, rates, listenerName, lineName, present, endings } = this.#columns;
    const isLive = rows.has(slot, Flag.live);
    const live = underway.get(slot);
    const now = present();
    const rate = rates.get(slot);
    return {
      client: rows.clientText(slot),
      listener: listenerName(rows.listener(slot)),
      user: user?.name,
      ...(user?.tag === undefined ? {} : { tag: user.tag }),
      ...(isAssociation ? { association: formatConnectionId({ actor, slot, serial: serials.of(slot) }) } : {}),
      line: winner === undefined ? undefined : lineName(winner.candidate.line),
      address: winner === undefined ? undefined : formatIp(winner.candidate.ip),
      connect_ms: winner === undefined ? undefined : rounded(winner.connectedAt - winner.started),
      bytes_up: live?.up ?? rows.up(slot),
      bytes_down: live?.down ?? rows.down(slot),
      ...(rate === undefined ? {} : { rate }),
      opened_at: Math.round(Date.now() - rows.since(slot, now)),
      duration_ms: Math.round(rows.since(slot, isLive ? now : rows.endedAt(slot))),
      ending: isLive ? undefined : endings[rows.ending(slot)],
    };
  }

  #raced(slot: number, noted: Beside): RaceRecord | undefined {
    const { rows, present, lineName } = this.#columns;
    if (!rows.has(slot, Flag.targeted)) return undefined;
    const { race, winner, decided, failure } = noted;
    const end = { winner, decided, failure, now: present(), reply: rows.replyCode(slot) };
    return raceRecord(this.#targetOf(slot, noted), race, end, lineName);
  }

  #targetOf(slot: number, { host }: Beside): string {
    const { rows } = this.#columns;
    return formatEndpoint(rows.targetIp(slot) ?? (host as string), rows.targetPort(slot));
  }

  /** The notes of the race, from the live connection, the row or the object beside it. */
  #notedOf(slot: number): Beside {
    const { rows, underway } = this.#columns;
    const beside = this.#besideOf(slot);
    const live = underway.get(slot);
    if (live?.race !== undefined) return { ...beside, race: live.race, winner: live.winner };
    return rows.has(slot, Flag.won) ? { ...beside, ...onlyAttempt(rows, slot) } : beside;
  }

  #besideOf(slot: number): Beside {
    const beside = this.#columns.beside.get(slot);
    return typeof beside === 'object' ? beside : besideOf(beside, undefined);
  }

  // For who looks for connections: no record is made for these

  /** Slots that have been used are below this. */
  get end(): number {
    return this.#columns.slots.used;
  }

  has(slot: number, which: 'live' | 'ended'): boolean {
    return this.#columns.rows.has(slot, Flag[which]);
  }

  /** Whether a connection, live or ended, is that of the serial number. */
  isOf(slot: number, serial: number): boolean {
    return (
      slot < this.end &&
      this.#columns.serials.of(slot) === serial &&
      this.#columns.rows.has(slot, Flag.live | Flag.ended)
    );
  }

  serialOf(slot: number): number {
    return this.#columns.serials.of(slot);
  }

  userName(slot: number): string | undefined {
    const beside = this.#columns.beside.get(slot);
    return typeof beside === 'object' ? beside.user?.name : undefined;
  }

  targetPort(slot: number): number | undefined {
    const { rows } = this.#columns;
    return rows.has(slot, Flag.targeted) ? rows.targetPort(slot) : undefined;
  }

  /** Bytes from the client, and to it. */
  bytes(slot: number, way: 'up' | 'down'): number {
    return this.#columns.underway.get(slot)?.[way] ?? this.#columns.rows[way](slot);
  }

  /** When it was opened, in whole ms since 1970; always the same. */
  openedAt(slot: number): number {
    const { now } = this.#columns.clock;
    return Math.round(now - this.#columns.rows.since(slot, now)) + this.#epoch;
  }

  /** When it ended, by the same clock. */
  endedAt(slot: number): number {
    return Math.round(this.#columns.rows.endedAt(slot)) + this.#epoch;
  }

  // What has opened and ended since

  get openings(): Counted {
    const { serials } = this.#columns;
    return serials;
  }

  get endings(): Counted {
    return this.#columns.slots.endings;
  }
}

/** What happened one after the other, by its place in all, counted from 0. */
export interface Counted {
  readonly count: number;
  /** From this one on their slots are remembered. */
  readonly first: number;
  /** Undefined if it is not on record any more. */
  slotOf(place: number): number | undefined;
}
