// The numbers of the records of connections, a row for each slot, in memory that is allocated once: writing a row makes no
// object. A row has the target of an ordinary connection, and the times of one attempt that won. The client, IPv6 addresses,
// the first byte and the end are in separate columns, whose pages stay untouched until they are used: thousands of idle
// connections have none of these. It does not hold what does not fit into a row: see records.ts.

import { AF_INET, AF_INET6, AF_UNIX, isMapped } from '../../../linux/addresses.js';
import { formatEndpoint, formatIp } from '../../../protocol/address/address.js';
import type { Spared } from '../../../protocol/race/record.js';

const WORDS = 7;
/**
 * The index of each value in its row. `ip`: the target's address; for a name, the address that was dialled. The last three
 * are floats, in ms since the connection was opened: when the race began, when its attempt began and when it connected.
 */
const Word = { opened: 0, ip: 1, line: 2, began: 3, started: 4, connected: 5, halves: 6 } as const;
/** The same row as half words, which the last word is made of. */
const HALVES = 2 * WORDS;
const Half = { flags: 2 * Word.halves, port: 2 * Word.halves + 1 } as const;
/** The line's word: its number in 16 bits, the listener's in 7 (threads/shared/hand-off.ts), the reply's code in 9. */
const LISTENER = 16;
const REPLY = 23;
const ALL_BUT_REPLY = (1 << REPLY) - 1;
/** Ages wrap here, at 49 days. */
const AGE_END = 2 ** 32;

/** The flags of a row, as bits. */
export const Flag = {
  live: 1,
  ended: 2,
  client4: 4,
  client6: 8,
  /** The target is an IPv4 address. */
  target4: 16,
  targeted: 32,
  /** The times are those of the only attempt, which won. */
  won: 64,
  /** The dialled address is in the row (`addressHere`), or is an IPv4 address in the column of further addresses. */
  addressHere: 128,
  address4: 256,
  remembered: 512,
  asked: 1024,
  answered: 2048,
  /** The destination did not answer a ClientHello. */
  silent: 4096,
  replied: 8192,
  /** The client came by a Unix socket. */
  clientUnix: 16_384,
  /** Other lines had to wait, and were not started: dearer ones; with `remembered`, by a hint of neighbours. */
  spares: 32_768,
} as const;

const IPV6_OCTETS = 16;
/** Width of the column of further addresses: the client's, and the dialled one. */
const WIDE = 2 * IPV6_OCTETS;
/** Width of the column of the first byte: when the destination was asked; when it answered, or was given up. */
const HEARD = 2;
/** Width of the column of ends: bytes from the client, bytes to it, the time. */
const END = 3;

export class RecordRows {
  readonly #words: Uint32Array;
  readonly #floats: Float32Array;
  readonly #halves: Uint16Array;
  readonly #clients: Uint32Array;
  readonly #clientPorts: Uint16Array;
  readonly #wide: Uint8Array;
  readonly #heard: Float32Array;
  readonly #ends: Float64Array;
  readonly #endings: Uint8Array;
  /** The clock at the start, in whole ms. */
  readonly #base: number;

  /** `now`: the clock of all times here, in ms. Ages wrap after 49 days. */
  constructor(rows: number, now: number) {
    const words = new ArrayBuffer(rows * WORDS * 4);
    this.#words = new Uint32Array(words);
    this.#floats = new Float32Array(words);
    this.#halves = new Uint16Array(words);
    this.#clients = new Uint32Array(rows);
    this.#clientPorts = new Uint16Array(rows);
    this.#wide = new Uint8Array(rows * WIDE);
    this.#heard = new Float32Array(rows * HEARD);
    this.#ends = new Float64Array(rows * END);
    this.#endings = new Uint8Array(rows);
    this.#base = Math.floor(now);
  }

  /** Whether a row has at least one of the flags. */
  has(row: number, flags: number): boolean {
    return (this.#halves[row * HALVES + Half.flags] & flags) !== 0;
  }

  open(row: number, listener: number, now: number): void {
    const at = row * WORDS;
    const words = this.#words;
    words[at + Word.opened] = now - this.#base;
    words[at + Word.line] = listener << LISTENER;
    this.#halves[row * HALVES + Half.flags] = Flag.live;
  }

  #flag(row: number, flags: number): void {
    this.#halves[row * HALVES + Half.flags] |= flags;
  }

  /** `peer`: the client's address, a struct sockaddr_in or sockaddr_in6; of a Unix socket only the family. */
  client(row: number, peer: Uint8Array): void {
    this.#clientPorts[row] = (peer[2] << 8) | peer[3];
    const [family] = peer;
    if (family === AF_INET) this.#clients[row] = word(peer, 4);
    else if (family === AF_INET6 && isMapped(peer)) this.#clients[row] = word(peer, 20);
    else if (family === AF_INET6) {
      for (let i = 0; i < IPV6_OCTETS; i += 1) this.#wide[row * WIDE + i] = peer[8 + i];
      this.#flag(row, Flag.client6);
      return;
    } else {
      if (family === AF_UNIX) this.#flag(row, Flag.clientUnix);
      return;
    }
    this.#flag(row, Flag.client4);
  }

  /** Another address is written after this. */
  forgetClient(row: number): void {
    this.#halves[row * HALVES + Half.flags] &= ~(Flag.client4 | Flag.client6 | Flag.clientUnix);
  }

  target(row: number, ip: Uint8Array | undefined, port: number): void {
    this.#halves[row * HALVES + Half.port] = port;
    this.#flag(row, Flag.targeted);
    if (ip?.length !== 4) return;
    this.#words[row * WORDS + Word.ip] = word(ip, 0);
    this.#flag(row, Flag.target4);
  }

  /** `code`: of the reply that the client got, in 9 bits. */
  reply(row: number, code: number): void {
    const at = row * WORDS + Word.line;
    this.#words[at] = (this.#words[at] & ALL_BUT_REPLY) | (code << REPLY);
    this.#flag(row, Flag.replied);
  }

  /** The only attempt has won. `began`, `started`, `connected`: when the race began, the attempt began, and connected. */
  win(row: number, line: number, ip: Uint8Array, began: number, started: number, connected: number): void {
    const at = row * WORDS;
    this.#words[at + Word.line] |= line;
    this.#floats[at + Word.began] = this.since(row, began);
    this.#floats[at + Word.started] = this.since(row, started);
    this.#floats[at + Word.connected] = this.since(row, connected);
    this.#flag(row, Flag.won | this.#dialled(row, ip));
  }

  #dialled(row: number, ip: Uint8Array): number {
    if (ip.length === 4) {
      const at = row * WORDS + Word.ip;
      const value = word(ip, 0);
      const isFree = !this.has(row, Flag.target4);
      if (isFree) this.#words[at] = value;
      if (this.#words[at] === value) return Flag.addressHere;
    }
    this.#wide.set(ip, row * WIDE + IPV6_OCTETS);
    return ip.length === 4 ? Flag.address4 : 0;
  }

  remember(row: number): void {
    this.#flag(row, Flag.remembered);
  }

  /** Of a winner that was not remembered itself. A race in which another gateway had a say does not fit into a row. */
  spare(row: number, why: Spared): void {
    this.#flag(row, why === 'hinted' ? Flag.spares | Flag.remembered : Flag.spares);
  }

  /** The ClientHello was sent to the destination. */
  ask(row: number, at: number): void {
    this.#heard[row * HEARD] = this.since(row, at);
    this.#flag(row, Flag.asked);
  }

  /** The destination has answered, or (`silent`) will not. */
  hear(row: number, at: number, flag: typeof Flag.answered | typeof Flag.silent): void {
    this.#heard[row * HEARD + 1] = this.since(row, at);
    this.#flag(row, flag);
  }

  end(row: number, ending: number, up: number, down: number, now: number): void {
    const at = row * END;
    this.#ends[at] = up;
    this.#ends[at + 1] = down;
    this.#ends[at + 2] = now;
    this.#endings[row] = ending;
    const flags = row * HALVES + Half.flags;
    this.#halves[flags] = (this.#halves[flags] & ~Flag.live) | Flag.ended;
  }

  clear(row: number): void {
    this.#halves[row * HALVES + Half.flags] = 0;
  }

  // Read

  /** A time of the clock as ms since the connection was opened. */
  since(row: number, at: number): number {
    return (at - this.#base - this.#words[row * WORDS + Word.opened] + AGE_END) % AGE_END;
  }

  clientText(row: number): string {
    const ip = this.clientIp(row);
    if (ip !== undefined) return formatEndpoint(formatIp(ip), this.#clientPorts[row]);
    return this.has(row, Flag.clientUnix) ? 'unix' : 'unknown';
  }

  /** 4 or 16 bytes; undefined for a Unix socket, and if it is not known. */
  clientIp(row: number): Uint8Array | undefined {
    if (this.has(row, Flag.client4)) return octets(this.#clients[row]);
    return this.has(row, Flag.client6) ? this.#ip6(row * WIDE) : undefined;
  }

  /** Undefined for a name or an IPv6 address. */
  targetIp(row: number): string | undefined {
    return this.has(row, Flag.target4) ? formatIp(octets(this.#words[row * WORDS + Word.ip])) : undefined;
  }

  targetPort(row: number): number {
    return this.#halves[row * HALVES + Half.port];
  }

  listener(row: number): number {
    return (this.#words[row * WORDS + Word.line] & ALL_BUT_REPLY) >>> LISTENER;
  }

  line(row: number): number {
    return this.#words[row * WORDS + Word.line] & 0xffff;
  }

  began(row: number): number {
    return this.#floats[row * WORDS + Word.began];
  }

  started(row: number): number {
    return this.#floats[row * WORDS + Word.started];
  }

  connected(row: number): number {
    return this.#floats[row * WORDS + Word.connected];
  }

  asked(row: number): number {
    return this.#heard[row * HEARD];
  }

  heard(row: number): number {
    return this.#heard[row * HEARD + 1];
  }

  up(row: number): number {
    return this.#ends[row * END];
  }

  down(row: number): number {
    return this.#ends[row * END + 1];
  }

  endedAt(row: number): number {
    return this.#ends[row * END + 2];
  }

  ending(row: number): number {
    return this.#endings[row];
  }

  /** 4 or 16 bytes. */
  address(row: number): Uint8Array {
    if (this.has(row, Flag.addressHere)) return octets(this.#words[row * WORDS + Word.ip]);
    const at = row * WIDE + IPV6_OCTETS;
    return this.has(row, Flag.address4) ? this.#wide.slice(at, at + 4) : this.#ip6(at);
  }

  /** Undefined if the client got no reply. */
  replyCode(row: number): number | undefined {
    return this.has(row, Flag.replied) ? this.#words[row * WORDS + Word.line] >>> REPLY : undefined;
  }

  #ip6(at: number): Uint8Array {
    return this.#wide.slice(at, at + IPV6_OCTETS);
  }
}

/** Four bytes as one number. */
function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

function octets(word: number): Uint8Array {
  return Uint8Array.of(word >>> 24, word >>> 16, word >>> 8, word);
}
