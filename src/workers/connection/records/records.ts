// The records of an actor's connections: of all live ones, and of those that ended last. They are kept at any log level, so
// they must cost almost nothing: numbers are in rows that are allocated once (rows.ts), texts are made only when a record is
// read. One object beside the row holds the rest: several attempts, a failure, a user. It counts and logs nothing.
import { lendAddress } from '../../../linux/addresses.js';
import type { Target } from '../../../protocol/address/target.js';
import type { Way } from '../../../protocol/bulk/transfer.js';
import type { ClientAddress } from '../../../protocol/inbound/inbound.js';
import type { Failure } from '../../../protocol/race/failure.js';
import type { ConnectionRecord } from '../../../protocol/race/record.js';
import type { User } from '../../../protocol/users/user.js';
import type { RecordsPage } from '../../../threads/contracts/connection.js';
import type { Heard } from '../relay/first-byte.js';
import { type Beside, besideOf, copyOf, type Kept } from './beside.js';
import { Column } from './column.js';
import type { NotedAttempt, NotedRace } from './race-record.js';
import { RecordReader } from './record-reader.js';
import { Flag, RecordRows } from './rows.js';
import { Serials } from './serials.js';
import { Slots } from './slots.js';
import type { Underway } from './underway.js';

/**
 * Records of ended connections. With 10 connections a second they reach back a minute and a half; they take 100 KiB of a
 * worker.
 */
const ENDED_MAX = 1000;
const LINE_MAX = 0xffff;
const ENDING_MAX = 0xff;

export interface RecordsParts {
  /** The number of the actor. */
  readonly actor: number;
  readonly clock: { readonly now: number };
  /** What the clock would say if it were read at this moment. */
  readonly present: () => number;
  readonly connections_max: number;
  readonly listenerName: (listener: number) => string;
  readonly lineName: (line: number) => string;
  /** The address of a client that has just arrived, as a struct sockaddr; of family 0 if the kernel did not tell it. */
  readonly addressOf: (fd: number) => Uint8Array;
  readonly ended_max?: number;
}

export class ConnectionRecords {
  readonly #clock: { readonly now: number };
  readonly #parts: RecordsParts;
  readonly #slots: Slots;
  readonly #serials: Serials;
  readonly #rows: RecordRows;
  /** By slot; of live connections only. */
  readonly #underway = new Column<Underway>();
  /** By slot. A string is the target's host where nothing else stands beside the row. */
  readonly #beside = new Column<Beside | string>();
  /** By slot; of connections that have carried much. */
  readonly #rates = new Column<NonNullable<ConnectionRecord['rate']>>();
  /** Words for how connections end, by their code in a row. */
  readonly #endings: string[] = [];
  /** Makes records of what is noted here. */
  readonly reader: RecordReader;

  constructor(parts: RecordsParts) {
    this.#clock = parts.clock;
    this.#parts = parts;
    this.#slots = new Slots(parts.connections_max, parts.ended_max ?? ENDED_MAX);
    // One more row, for the slot that is never read.
    const rows = this.#slots.capacity + 1;
    this.#rows = new RecordRows(rows, parts.clock.now);
    this.#serials = new Serials(rows, Date.now());
    const [slots, serials, endings] = [this.#slots, this.#serials, this.#endings];
    const columns = { rows: this.#rows, underway: this.#underway, beside: this.#beside, rates: this.#rates };
    this.reader = new RecordReader({ ...columns, ...parts, slots, serials, endings });
  }

  /** A client has arrived on socket `fd`. Returns its slot, the number of the connection here until it ends. */
  open(underway: Underway, listener: number, fd: number): number {
    const slot = this.#slots.take();
    this.#serials.opened(slot);
    this.#rows.open(slot, listener, this.#clock.now);
    this.#rows.client(slot, this.#parts.addressOf(fd));
    this.#underway.set(slot, underway);
    return slot;
  }

  /** A header has said from where the client comes: that is its address from now on. */
  told(slot: number, { ip, port }: ClientAddress): void {
    this.#rows.forgetClient(slot);
    this.#rows.client(slot, lendAddress(ip, port));
  }

  /** The address of a live connection's client, 4 or 16 bytes; undefined for a Unix socket, or if the kernel did not tell. */
  clientIp(slot: number): Uint8Array | undefined {
    return this.#rows.clientIp(slot);
  }

  /** The address of a live connection's client as text. */
  clientName(slot: number): string {
    return this.#rows.clientText(slot);
  }

  /** The number of the listener by which a connection came in. */
  listenerOf(slot: number): number {
    return this.#rows.listener(slot);
  }

  /** The slots of the live connections. */
  live(): readonly number[] {
    return Array.from({ length: this.#slots.used }, (_, slot) => slot).filter((slot) =>
      this.#rows.has(slot, Flag.live),
    );
  }

  /** Numbers of connections are below this. */
  get capacity(): number {
    return this.#slots.capacity;
  }

  /** Numbers of connections so far are below this. */
  get end(): number {
    return this.#slots.used;
  }

  /** The number of the line that carries a connection, or has; undefined where none does. */
  lineOf(slot: number): number | undefined {
    if (this.#rows.has(slot, Flag.won)) return this.#rows.line(slot);
    const beside = this.#beside.get(slot);
    return typeof beside === 'object' ? beside.winner?.candidate.line : undefined;
  }

  /** The name of the user whose connection it is; undefined where it has none, or before that is known. */
  userOf(slot: number): string | undefined {
    return this.reader.userName(slot);
  }

  /** What a live connection tells; undefined for one that has ended. */
  underway(slot: number): Underway | undefined {
    return this.#underway.get(slot);
  }

  /** The host that a connection is for; undefined before it is known. */
  hostOf(slot: number): string | undefined {
    if (!this.#rows.has(slot, Flag.targeted)) return undefined;
    return this.#rows.targetIp(slot) ?? this.#besideOf(slot).host;
  }

  /** So many bytes a second were measured of a live connection. */
  measured(slot: number, way: Way, bytes_s: number): void {
    this.#rates.set(slot, { ...this.#rates.get(slot), [way]: bytes_s });
  }

  /** The numbers of listeners by which live connections came in. */
  liveListeners(): ReadonlySet<number> {
    return new Set(this.live().map((slot) => this.#rows.listener(slot)));
  }

  /** Forgets the connections that have ended and came in by a listener. */
  forgetListener(listener: number): void {
    for (let slot = 0; slot < this.#slots.used; slot += 1) {
      if (!this.#rows.has(slot, Flag.ended) || this.#rows.listener(slot) !== listener) continue;
      this.#rows.clear(slot);
      this.#beside.clear(slot);
      this.#rates.clear(slot);
    }
  }

  targeted(slot: number, { ip, host, port }: Target, user: User | undefined): void {
    this.#rows.target(slot, ip, port);
    if (user !== undefined) this.#beside.set(slot, besideOf(ip?.length === 4 ? undefined : host, user));
    else if (ip?.length !== 4) this.#beside.set(slot, host);
  }

  /** The client got a reply with this code of its protocol: at most 511. */
  replied(slot: number, code: number): void {
    this.#rows.reply(slot, code);
  }

  /** The race is over, and `underway` carries the connection from here on. */
  won(slot: number, race: NotedRace, winner: NotedAttempt, underway: Underway): void {
    this.#underway.set(slot, underway);
    const { attempts, lead, started } = race;
    const { line, ip } = winner.candidate;
    const isForeign = race.told !== undefined || race.spares === 'warned';
    if (attempts.length > 1 || winner.result !== 'connected' || line > LINE_MAX || isForeign) {
      this.#keep(slot, race, winner, undefined);
      return;
    }
    const rows = this.#rows;
    rows.win(slot, line, ip, started, winner.started, winner.connectedAt);
    if (winner === lead) rows.remember(slot);
    else if (race.spares !== undefined) rows.spare(slot, race.spares);
    if (!Number.isNaN(winner.askedAt)) rows.ask(slot, winner.askedAt);
    if (!Number.isNaN(winner.answeredAt)) rows.hear(slot, winner.answeredAt, Flag.answered);
  }

  /** A client that has asked for datagrams has what it asked for: `underway`. */
  associated(slot: number, underway: Underway): void {
    this.#underway.set(slot, underway);
    this.#beside.set(slot, { ...this.#besideOf(slot), isAssociation: true });
  }

  /** There will be no connection. `race`: undefined if no race was run. */
  lost(slot: number, race: NotedRace | undefined, failure: Failure): void {
    this.#keep(slot, race, undefined, failure);
  }

  #keep(
    slot: number,
    race: NotedRace | undefined,
    winner: NotedAttempt | undefined,
    failure: Failure | undefined,
  ): void {
    const { host, user } = this.#besideOf(slot);
    const attempts = race?.attempts.map(copyOf) ?? [];
    const same = (one: NotedAttempt | undefined): NotedAttempt | undefined =>
      one === undefined ? undefined : attempts[race?.attempts.indexOf(one) ?? -1];
    const kept = race && {
      ...{ started: race.started, attempts, lead: same(race.lead), trial: same(race.trial) },
      ...{ spares: race.spares, told: race.told },
    };
    this.#beside.set(slot, { host, user, race: kept, winner: same(winner), decided: this.#clock.now, failure });
  }

  /** The winner has answered, or will not. `since`: when the ClientHello was sent, in ms of the clock; only for `tls`. */
  heard(slot: number, heard: Heard, since: number): void {
    const { now } = this.#clock;
    const beside = this.#beside.get(slot);
    if (typeof beside === 'object' && beside.winner !== undefined) {
      const winner = beside.winner as Kept;
      if (heard === 'tls') winner.askedAt = since;
      if (heard === 'silent') {
        winner.result = 'silent';
        winner.endedAt = now;
      } else winner.answeredAt = now;
      return;
    }
    if (heard === 'tls') this.#rows.ask(slot, since);
    this.#rows.hear(slot, now, heard === 'silent' ? Flag.silent : Flag.answered);
  }

  ended(slot: number, how: string, up: number, down: number): void {
    const underway = this.#underway.get(slot);
    if (underway?.race !== undefined) this.#keep(slot, underway.race, underway.winner, undefined);
    this.#underway.clear(slot);
    this.#rows.end(slot, this.#endingOf(how), up, down, this.#clock.now);
    const freed = this.#slots.end(slot);
    if (freed < 0) return;
    this.#rows.clear(freed);
    this.#beside.clear(freed);
    this.#rates.clear(freed);
  }

  /** The code of an ending; there are about ten words. */
  #endingOf(how: string): number {
    const known = this.#endings.indexOf(how);
    if (known >= 0) return known;
    if (this.#endings.length > ENDING_MAX) throw new RangeError(`"${how}" is one word too many for an end`);
    return this.#endings.push(how) - 1;
  }

  /** A page of records from slot `from` on: live connections as they are now, and those that ended last. */
  page(from: number): RecordsPage {
    return this.reader.page(from);
  }

  read(slot: number): ConnectionRecord {
    return this.reader.read(slot);
  }

  #besideOf(slot: number): Beside {
    const beside = this.#beside.get(slot);
    return typeof beside === 'object' ? beside : besideOf(beside, undefined);
  }
}
