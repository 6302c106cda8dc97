// Counts for each line what its connections carry: once, at the end of a connection, and where somebody wants to know it
// earlier (`follow`), also while it lives, by looking at all live connections every few seconds. No connection has a timer. Where
// a user may carry only so much, it counts the same for users (`followUsers`).
import type { LineBytes } from '../../threads/shared/line-bytes.js';
import type { UserTable } from '../../threads/shared/user-table.js';

/** How often live connections are looked at. */
const LOOK_EVERY_MS = 5000;
/** The same while somebody watches what lines carry, who asks each second; and how long that holds after each time. */
const LOOK_WATCHED_MS = 900;
const WATCHED_MS = 5000;
/** Records looked at in one turn, which takes less than a millisecond. */
const PIECE = 4096;

/** What is read of the records of connections, by their numbers. */
export interface CarryingRecords {
  /** Numbers of connections are below this, and those so far below `end`. */
  readonly capacity: number;
  readonly end: number;
  /** The number of the line that carries a connection, or has; undefined where none does. */
  lineOf(connection: number): number | undefined;
  /** The name of the user whose connection it is; undefined where it has none. */
  userOf(connection: number): string | undefined;
  /** The bytes of a live connection so far; undefined for one that has ended. */
  underway(connection: number): { readonly up: number; readonly down: number } | undefined;
}

export class Carrying {
  readonly #records: CarryingRecords;
  readonly #bytes: LineBytes;
  readonly #table: Pick<UserTable, 'add'>;
  /** Undefined where users are not counted. */
  #users: Pick<UserTable, 'add'> | undefined;
  /** Bytes of live connections that have been counted, from clients and to them; by the connection's number. */
  #counted: Float64Array | undefined;
  /** Whose datagrams were carried last, and their bytes that are not added yet. */
  #user: string | undefined;
  #userBytes = 0;
  #isFollowing = false;
  #watchedUntil = Number.NEGATIVE_INFINITY;
  /** The next connection to be looked at, when the last look ended, and when the next one begins. */
  #place = 0;
  #looked = Number.NEGATIVE_INFINITY;
  #due = Number.POSITIVE_INFINITY;

  constructor(records: CarryingRecords, bytes: LineBytes, table: Pick<UserTable, 'add'>) {
    this.#records = records;
    this.#bytes = bytes;
    this.#table = table;
  }

  /** Whether live connections are looked at. */
  follow(isWanted: boolean): void {
    this.#isFollowing = isWanted;
    if (isWanted) this.#begin(Number.NEGATIVE_INFINITY);
  }

  /** Whether users are counted, too; live connections are looked at then. */
  followUsers(areWanted: boolean): void {
    this.#users = areWanted ? this.#table : undefined;
  }

  /** Live connections are looked at each second for the next seconds. */
  watch(now: number): void {
    this.#watchedUntil = now + WATCHED_MS;
    this.#begin(this.#looked + LOOK_WATCHED_MS);
  }

  #begin(due: number): void {
    this.#counted ??= new Float64Array(2 * this.#records.capacity);
    this.#due = Math.min(this.#due, due);
  }

  /** A connection has ended, after so many bytes from the client, and to it. */
  ended(connection: number, up: number, down: number): void {
    const line = this.#records.lineOf(connection);
    if (line === undefined) return;
    if (this.#counted === undefined) this.#bytes.add(line, up, down);
    else this.#count(this.#counted, connection, line, up, down);
    this.#counted?.fill(0, 2 * connection, 2 * connection + 2);
  }

  /** Datagrams have been carried, which no record of a connection counts. `user`: the name; undefined for none. */
  datagrams(line: number, user: string | undefined, up: number, down: number): void {
    this.#bytes.add(line, up, down);
    if (this.#users === undefined || user === undefined) return;
    if (user !== this.#user) this.#countDatagrams();
    this.#user = user;
    this.#userBytes += up + down;
  }

  /** What is counted of a user is added once a turn: each addition is an atomic one of 64 bits. */
  #countDatagrams(): void {
    if (this.#user !== undefined) this.#users?.add(this.#user, this.#userBytes);
    this.#user = undefined;
    this.#userBytes = 0;
  }

  /** Looks at some live connections, when it is time to. Called once a turn. */
  turned(now: number): void {
    if (this.#user !== undefined) this.#countDatagrams();
    if (now < this.#due) return;
    const end = Math.min(this.#records.end, this.#place + PIECE);
    for (; this.#place < end; this.#place += 1) this.#look(this.#place);
    if (end < this.#records.end) return;
    this.#place = 0;
    this.#looked = now;
    this.#due = now + this.#rest(now);
  }

  /** The time to the next look. */
  #rest(now: number): number {
    if (now < this.#watchedUntil) return LOOK_WATCHED_MS;
    return this.#isFollowing ? LOOK_EVERY_MS : Number.POSITIVE_INFINITY;
  }

  #look(connection: number): void {
    const live = this.#records.underway(connection);
    const line = live && this.#records.lineOf(connection);
    if (live === undefined || line === undefined) return;
    this.#count(this.#counted as Float64Array, connection, line, live.up, live.down);
  }

  /** Never counts back: what a socket has not taken after all is counted when it is sent again. */
  #count(counted: Float64Array, connection: number, line: number, up: number, down: number): void {
    const at = 2 * connection;
    const newUp = Math.max(up - counted[at], 0);
    const newDown = Math.max(down - counted[at + 1], 0);
    this.#bytes.add(line, newUp, newDown);
    if (this.#users !== undefined) this.#countUser(this.#users, connection, newUp + newDown);
    counted[at] += newUp;
    counted[at + 1] += newDown;
  }

  #countUser(users: Pick<UserTable, 'add'>, connection: number, bytes: number): void {
    const user = bytes > 0 ? this.#records.userOf(connection) : undefined;
    if (user !== undefined) users.add(user, bytes);
  }
}
