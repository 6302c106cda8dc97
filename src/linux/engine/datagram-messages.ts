// The sends of datagrams of one turn as the kernel reads them: for each a struct mmsghdr, and beside it what that points to. The
// layout is that of 64-bit systems. It sends nothing: see datagram-outbox.ts.
import { type Memory, mapMemory, unmap } from '../memory.js';
import type { Ownership } from '../ownership.js';
import { IP_TOS, IPPROTO_IP, IPPROTO_IPV6, IPV6_TCLASS, SOL_UDP, UDP_SEGMENT } from '../udp.js';
import type { Outgoing } from './datagrams.js';
import { Slabs } from './slabs.js';

/** Datagrams that the kernel takes as one message (UDP_MAX_SEGMENTS), and their bytes with all headers. */
const SEGMENTS_MAX = 64;
const MESSAGE_BYTES_MAX = 65_000;
/** The longest payload of a UDP datagram over IPv4. */
export const DATAGRAM_MAX = 65_507;
/** Bytes that a proxy may want in front of a datagram, for all its hops together. */
export const HEAD_MAX = 4096;

/** Bytes of a struct mmsghdr, one behind the other for sendmmsg(2). In words: where its fields are. */
const HEADER_SIZE = 64;
const HEADER_WORDS = HEADER_SIZE / 4;
const NAME_WORD = 0;
const NAME_SIZE_WORD = 2;
const PIECES_WORD = 4;
const PIECES_COUNT_WORD = 6;
const CONTROL_WORD = 8;
const CONTROL_SIZE_WORD = 10;
/** Bytes beside each header: the address, three control messages, and two pieces (struct iovec). */
const BESIDE_SIZE = 136;
const CONTROL = 32;
const PIECES = 104;
const PIECES_BESIDE = 2;
/** A control message with one int. */
const CONTROL_MESSAGE_SIZE = 24;
const CONTROL_VALUE_WORD = 4;
const IPV6_NAME_SIZE = 28;

const GIGA = 2 ** 32;

export class DatagramMessages {
  /** Messages that fit. */
  readonly capacity: number;
  readonly #memory: Memory;
  readonly #ownership: Ownership;
  readonly slabs: Slabs;
  /** Where the head that was copied last is. */
  #headMemory: Memory;
  #headOffset = 0;

  constructor(capacity: number, ownership: Ownership) {
    this.capacity = capacity;
    this.#ownership = ownership;
    this.#memory = mapMemory((capacity + 1) * (HEADER_SIZE + BESIDE_SIZE));
    ownership.mapped(this.#memory, false);
    this.slabs = new Slabs(ownership);
    this.#headMemory = this.slabs.memory;
  }

  /** Of the struct mmsghdr, which begins with a struct msghdr. */
  addressOf(index: number): number {
    return this.#memory.address + index * HEADER_SIZE;
  }

  /** How many of the datagrams of `out` can go as one message. */
  static together(out: Outgoing): number {
    const size = out.size + (out.head === undefined ? 0 : out.head.length);
    if (out.count === 1 || size === 0 || out.last > out.size) return 1;
    return Math.max(1, Math.min(out.count, SEGMENTS_MAX, Math.floor(MESSAGE_BYTES_MAX / size)));
  }

  /** Writes message `index`: `count` datagrams of `out` from the `first` one on. */
  write(index: number, out: Outgoing, first: number, count: number): void {
    const isLast = first + count === out.count;
    const last = isLast ? out.last : out.size;
    const offset = out.offset + first * out.stride;
    this.#begin(index, out.to);
    const head = out.head === undefined || out.head.length === 0 ? undefined : out.head;
    if (head === undefined && (count === 1 || out.stride === out.size)) {
      const place = this.#pieces(index, 1);
      writePiece(this.#memory, place, out.memory, offset, (count - 1) * out.stride + last);
    } else this.#writePieces(index, out, head, offset, count, last);
    this.#tell(index, out, count, out.size + (head === undefined ? 0 : head.length));
  }

  #begin(index: number, to: Uint8Array | undefined): void {
    const { words, bytes, address } = this.#memory;
    const word = index * HEADER_WORDS;
    const beside = this.#beside(index);
    if (to === undefined) {
      words[word + NAME_WORD] = 0;
      words[word + NAME_WORD + 1] = 0;
      words[word + NAME_SIZE_WORD] = 0;
      return;
    }
    const size = Math.min(to.length, IPV6_NAME_SIZE);
    for (let i = 0; i < size; i += 1) bytes[beside + i] = to[i];
    writeAddress(words, word + NAME_WORD, address + beside);
    words[word + NAME_SIZE_WORD] = size;
  }

  #beside(index: number): number {
    return (this.capacity + 1) * HEADER_SIZE + index * BESIDE_SIZE;
  }

  /** Tells message `index` where its pieces are: at most two beside it. Gives the first one's offset there. */
  #pieces(index: number, count: number): number {
    const word = index * HEADER_WORDS;
    const place = this.#beside(index) + PIECES;
    writeAddress(this.#memory.words, word + PIECES_WORD, this.#memory.address + place);
    this.#memory.words[word + PIECES_COUNT_WORD] = count;
    return place;
  }

  /** One piece for each datagram, and one for the head in front of each. */
  #writePieces(
    index: number,
    out: Outgoing,
    head: Uint8Array | undefined,
    offset: number,
    count: number,
    last: number,
  ): void {
    if (head !== undefined) this.#place(head);
    const each = head === undefined ? 1 : 2;
    const pieces = count * each;
    let memory = this.#memory;
    let place: number;
    if (pieces <= PIECES_BESIDE) place = this.#pieces(index, pieces);
    else {
      place = this.slabs.reserveAligned(pieces * 16);
      memory = this.slabs.memory;
      const word = index * HEADER_WORDS;
      writeAddress(this.#memory.words, word + PIECES_WORD, memory.address + place);
      this.#memory.words[word + PIECES_COUNT_WORD] = pieces;
    }
    for (let i = 0; i < count; i += 1) {
      if (head !== undefined) {
        writePiece(memory, place, this.#headMemory, this.#headOffset, head.length);
        place += 16;
      }
      writePiece(memory, place, out.memory, offset + i * out.stride, i === count - 1 ? last : out.size);
      place += 16;
    }
  }

  #place(head: Uint8Array): void {
    this.#headOffset = this.slabs.reserve(head.length);
    this.#headMemory = this.slabs.memory;
    const { bytes } = this.#headMemory;
    for (let i = 0; i < head.length; i += 1) bytes[this.#headOffset + i] = head[i];
  }

  /** What the kernel is told with the message: where one datagram ends, and its ECN. */
  #tell(index: number, out: Outgoing, count: number, size: number): void {
    const start = this.#beside(index) + CONTROL;
    let at = start;
    if (count > 1) at = this.#control(at, SOL_UDP, UDP_SEGMENT, size);
    if (out.ecn !== 0) {
      // The kernel passes over what is of the other family. A connected socket is of either.
      if (out.to?.length !== IPV6_NAME_SIZE) at = this.#control(at, IPPROTO_IP, IP_TOS, out.ecn);
      if (out.to === undefined || out.to.length === IPV6_NAME_SIZE) {
        at = this.#control(at, IPPROTO_IPV6, IPV6_TCLASS, out.ecn);
      }
    }
    const word = index * HEADER_WORDS;
    writeAddress(this.#memory.words, word + CONTROL_WORD, at === start ? 0 : this.#memory.address + start);
    this.#memory.words[word + CONTROL_SIZE_WORD] = at - start;
  }

  /** UDP_SEGMENT is a 16-bit number with a length that says so; the others are ints. */
  #control(at: number, level: number, type: number, value: number): number {
    const { words } = this.#memory;
    const word = at / 4;
    words[word] = type === UDP_SEGMENT ? 18 : 20;
    words[word + 1] = 0;
    words[word + 2] = level;
    words[word + 3] = type;
    words[word + CONTROL_VALUE_WORD] = value;
    return at + CONTROL_MESSAGE_SIZE;
  }

  /**
   * Writes one of the `count` datagrams of message `index` as a message of its own, at the place behind the last one. Gives the
   * address of that message.
   */
  single(index: number, segment: number, count: number): number {
    const { words } = this.#memory;
    const from = index * HEADER_WORDS;
    const to = this.capacity * HEADER_WORDS;
    for (let i = 0; i < HEADER_WORDS; i += 1) words[to + i] = words[from + i];
    // The first control message is the one that says where datagrams end.
    const rest = words[from + CONTROL_SIZE_WORD] - CONTROL_MESSAGE_SIZE;
    words[to + CONTROL_SIZE_WORD] = rest;
    const control = readAddress(words, from + CONTROL_WORD) + CONTROL_MESSAGE_SIZE;
    writeAddress(words, to + CONTROL_WORD, rest === 0 ? 0 : control);
    const pieces = words[from + PIECES_COUNT_WORD];
    if (pieces === 1) this.#cut(index, segment, count);
    else {
      const each = pieces / count;
      words[to + PIECES_COUNT_WORD] = each;
      writeAddress(words, to + PIECES_WORD, readAddress(words, from + PIECES_WORD) + segment * each * 16);
    }
    return this.addressOf(this.capacity);
  }

  /** The piece of one datagram, out of a message with one piece for all. */
  #cut(index: number, segment: number, count: number): void {
    const { words, address } = this.#memory;
    const from = (this.#beside(index) + PIECES) / 4;
    const place = this.#beside(this.capacity) + PIECES;
    const size = words[(this.#beside(index) + CONTROL) / 4 + CONTROL_VALUE_WORD];
    const whole = words[from + 2];
    writeAddress(words, place / 4, readAddress(words, from) + segment * size);
    words[place / 4 + 2] = segment === count - 1 ? whole - segment * size : size;
    words[place / 4 + 3] = 0;
    writeAddress(words, this.capacity * HEADER_WORDS + PIECES_WORD, address + place);
  }

  empty(): void {
    this.slabs.empty();
  }

  destroy(): void {
    this.slabs.destroy();
    this.#ownership.unmapping(this.#memory);
    unmap(this.#memory);
  }
}

function writeAddress(words: Uint32Array, word: number, address: number): void {
  words[word] = address >>> 0;
  words[word + 1] = Math.floor(address / GIGA);
}

const readAddress = (words: Uint32Array, word: number): number => words[word] + words[word + 1] * GIGA;

/** A struct iovec at `place` of `into`: bytes of `memory`. */
function writePiece(into: Memory, place: number, memory: Memory, offset: number, size: number): void {
  writeAddress(into.words, place / 4, memory.address + offset);
  into.words[place / 4 + 2] = size;
  into.words[place / 4 + 3] = 0;
}
