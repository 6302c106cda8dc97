// The numbers of the records of flows, a row for each slot, in memory that is allocated once: counting datagrams makes no object.
// Texts, and what few flows have, stand beside the row: see flow-records.ts.
import { FLOW_ENDINGS, FLOW_KINDS, type FlowEnding, type FlowKind } from '../../../../protocol/udp/flow-record.js';

/** Places in the counts of a row. */
const COUNTS = 4;
const Count = { datagramsUp: 0, datagramsDown: 1, bytesUp: 2, bytesDown: 3 } as const;

/** Places in the times of a row, in ms of the clock. */
const TIMES = 4;
const Time = { opened: 0, answered: 1, moved: 2, ended: 3 } as const;

const State = { free: 0, live: 1, ended: 2 } as const;

const IPV6_OCTETS = 16;
const NO_LINE = -1;
const QUIC = FLOW_KINDS.indexOf('quic');

export class FlowRows {
  readonly #counts: Float64Array;
  readonly #times: Float64Array;
  readonly #lines: Int32Array;
  readonly #ports: Uint16Array;
  /** The address that is sent to. */
  readonly #ips: Uint8Array;
  /** Octets of that address; 0 where it is not known. */
  readonly #ipLengths: Uint8Array;
  readonly #states: Uint8Array;
  readonly #kinds: Uint8Array;
  readonly #endings: Uint8Array;

  constructor(rows: number) {
    this.#counts = new Float64Array(rows * COUNTS);
    this.#times = new Float64Array(rows * TIMES);
    this.#lines = new Int32Array(rows);
    this.#ports = new Uint16Array(rows);
    this.#ips = new Uint8Array(rows * IPV6_OCTETS);
    this.#ipLengths = new Uint8Array(rows);
    this.#states = new Uint8Array(rows);
    this.#kinds = new Uint8Array(rows);
    this.#endings = new Uint8Array(rows);
  }

  open(row: number, port: number, kind: FlowKind, now: number): void {
    this.#counts.fill(0, row * COUNTS, (row + 1) * COUNTS);
    const at = row * TIMES;
    this.#times[at + Time.opened] = now;
    this.#times[at + Time.answered] = Number.NaN;
    this.#times[at + Time.moved] = now;
    this.#lines[row] = NO_LINE;
    this.#ports[row] = port;
    this.#ipLengths[row] = 0;
    this.#states[row] = State.live;
    this.#kinds[row] = FLOW_KINDS.indexOf(kind);
  }

  up(row: number, datagrams: number, bytes: number, now: number): void {
    this.#counts[row * COUNTS + Count.datagramsUp] += datagrams;
    this.#counts[row * COUNTS + Count.bytesUp] += bytes;
    this.#times[row * TIMES + Time.moved] = now;
  }

  down(row: number, datagrams: number, bytes: number, now: number): void {
    const counts = row * COUNTS;
    const times = row * TIMES;
    if (this.#counts[counts + Count.datagramsDown] === 0) this.#times[times + Time.answered] = now;
    this.#counts[counts + Count.datagramsDown] += datagrams;
    this.#counts[counts + Count.bytesDown] += bytes;
    this.#times[times + Time.moved] = now;
  }

  /** It has turned out to be one of QUIC. Returns whether that was not known before. */
  quic(row: number): boolean {
    const isNew = this.#kinds[row] !== QUIC;
    this.#kinds[row] = QUIC;
    return isNew;
  }

  /** `ip`: 4 or 16 bytes; undefined where the proxy resolves the name. */
  carry(row: number, line: number, ip: Uint8Array | undefined): void {
    this.#lines[row] = line;
    this.#ipLengths[row] = ip?.length ?? 0;
    if (ip !== undefined) this.#ips.set(ip, row * IPV6_OCTETS);
  }

  end(row: number, how: FlowEnding, now: number): void {
    this.#times[row * TIMES + Time.ended] = now;
    this.#endings[row] = FLOW_ENDINGS.indexOf(how);
    this.#states[row] = State.ended;
  }

  clear(row: number): void {
    this.#states[row] = State.free;
  }

  // Read

  has(row: number, which: 'live' | 'ended'): boolean {
    return this.#states[row] === State[which];
  }

  datagramsUp(row: number): number {
    return this.#counts[row * COUNTS + Count.datagramsUp];
  }

  datagramsDown(row: number): number {
    return this.#counts[row * COUNTS + Count.datagramsDown];
  }

  bytes(row: number, way: 'up' | 'down'): number {
    return this.#counts[row * COUNTS + (way === 'up' ? Count.bytesUp : Count.bytesDown)];
  }

  opened(row: number): number {
    return this.#times[row * TIMES + Time.opened];
  }

  /** NaN before the first answer. */
  answered(row: number): number {
    return this.#times[row * TIMES + Time.answered];
  }

  moved(row: number): number {
    return this.#times[row * TIMES + Time.moved];
  }

  ended(row: number): number {
    return this.#times[row * TIMES + Time.ended];
  }

  /** Undefined as long as none carries it. */
  line(row: number): number | undefined {
    const line = this.#lines[row];
    return line === NO_LINE ? undefined : line;
  }

  port(row: number): number {
    return this.#ports[row];
  }

  address(row: number): Uint8Array | undefined {
    const length = this.#ipLengths[row];
    return length === 0 ? undefined : this.#ips.slice(row * IPV6_OCTETS, row * IPV6_OCTETS + length);
  }

  kind(row: number): FlowKind {
    return FLOW_KINDS[this.#kinds[row]];
  }

  ending(row: number): FlowEnding {
    return FLOW_ENDINGS[this.#endings[row]];
  }
}
