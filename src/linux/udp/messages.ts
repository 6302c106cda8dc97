// The sends of datagrams of one turn as the kernel reads them: for each a struct mmsghdr, and beside it what that points to. The
// layout is that of 64-bit systems. It sends nothing: see datagram-outbox.ts.
import { type Memory, mapMemory, unmap } from '../memory.js';
import {
  CONTROL_MESSAGE_SIZE,
  CONTROL_SIZE_WORD,
  CONTROL_VALUE_WORD,
  CONTROL_WORD,
  HEADER_SIZE,
  HEADER_WORDS,
  isAt,
  NAME_SIZE_WORD,
  NAME_WORD,
  PIECE_SIZE,
  PIECES_COUNT_WORD,
  PIECES_WORD,
  readNumber,
  writeAddress,
  writeControl,
  writeNumber,
  writePiece,
} from '../message-layout.js';
import type { Ownership } from '../ownership.js';
import { Slabs } from '../slabs.js';
import type { Outgoing } from './datagrams.js';
import { IP_TOS, IPPROTO_IP, IPPROTO_IPV6, IPV6_TCLASS, SOL_UDP, UDP_SEGMENT } from './sockets.js';

/** Datagrams that the kernel takes as one message (UDP_MAX_SEGMENTS), and their bytes with all headers. */
const SEGMENTS_MAX = 64;
const MESSAGE_BYTES_MAX = 65_000;
/** The longest payload of a UDP datagram over IPv4. */
export const DATAGRAM_MAX = 65_507;
/** Bytes that a proxy may want in front of a datagram, for all its hops together. */
export const HEAD_MAX = 4096;

/** Bytes beside each header: the address, three control messages, and two pieces (struct iovec). */
const BESIDE_SIZE = 136;
const CONTROL = 32;
const PIECES = 104;
const PIECES_BESIDE = 2;
/** Datagrams for which a message has room once others join it, at first and then. */
const FIRST_ROOM = 8;
const IPV6_NAME_SIZE = 28;

export class DatagramMessages {
  /** Messages that fit. */
  readonly capacity: number;
  readonly #memory: Memory;
  readonly #ownership: Ownership;
  readonly slabs: Slabs;
  /** Where the head that was copied last is. */
  #headMemory: Memory;
  #headOffset = 0;
  /** Of the last message, while others may join it. Pieces of a datagram; 0: none may join. */
  #each = 0;
  #size = 0;
  #ecn = 0;
  /** Datagrams for which it has pieces, and where these are. */
  #room = 0;
  #pieceMemory: Memory;
  #piecePlace = 0;

  constructor(capacity: number, ownership: Ownership) {
    this.capacity = capacity;
    this.#ownership = ownership;
    this.#memory = mapMemory((capacity + 1) * (HEADER_SIZE + BESIDE_SIZE));
    ownership.mapped(this.#memory, false);
    this.slabs = new Slabs(ownership);
    this.#headMemory = this.slabs.memory;
    this.#pieceMemory = this.#memory;
  }

  /** Writes where message `index` is: its struct mmsghdr, which begins with a struct msghdr. */
  writeAddressOf(index: number, words: Uint32Array, word: number): void {
    writeAddress(words, word, this.#memory, index * HEADER_SIZE);
  }

  /** Where message `index` is. */
  addressOf(index: number): number {
    return this.#memory.address + index * HEADER_SIZE;
  }

  /** How many of the datagrams of `out` can go as one message. */
  together(out: Outgoing): number {
    const size = out.size + (out.head === undefined ? 0 : out.head.length);
    if (out.count === 1 || size === 0 || out.last > out.size || out.last === 0) return 1;
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
    this.#each = count > 1 || last === 0 ? 0 : head === undefined ? 1 : 2;
    this.#size = last;
    this.#ecn = out.ecn;
    this.#room = this.#each === 1 ? 2 : 1;
    this.#pieceMemory = this.#memory;
    this.#piecePlace = this.#beside(index) + PIECES;
  }

  /**
   * Lets `out`, one datagram, go with message `index`, the last one written, which has `count` datagrams. False, and nothing done,
   * where it is not for the same receiver with the same head and ECN, or longer. A shorter one is the last that joins.
   */
  join(index: number, out: Outgoing, count: number): boolean {
    const { to, head, last: size } = out;
    const headSize = head === undefined ? 0 : head.length;
    const whole = headSize + this.#size;
    if (this.#each !== (headSize === 0 ? 1 : 2) || size > this.#size || size === 0 || out.ecn !== this.#ecn)
      return false;
    if (count === SEGMENTS_MAX || (count + 1) * whole > MESSAGE_BYTES_MAX) return false;
    const word = index * HEADER_WORDS;
    const { words } = this.#memory;
    if (words[word + NAME_SIZE_WORD] !== (to === undefined ? 0 : to.length)) return false;
    if (to !== undefined && !isAt(this.#memory, this.#beside(index), to)) return false;
    if (headSize > 0) {
      const isSame = this.#pieceMemory.words[this.#piecePlace / 4 + 2] === headSize;
      if (!isSame || !isAt(this.#headMemory, this.#headOffset, head as Uint8Array)) return false;
    }
    if (count === this.#room) this.#widen(index, count);
    let place = this.#piecePlace + count * this.#each * PIECE_SIZE;
    if (headSize > 0) {
      writePiece(this.#pieceMemory, place, this.#headMemory, this.#headOffset, headSize);
      place += PIECE_SIZE;
    }
    writePiece(this.#pieceMemory, place, out.memory, out.offset, size);
    words[word + PIECES_COUNT_WORD] = (count + 1) * this.#each;
    if (count === 1) this.#tell(index, out, 2, whole);
    if (size < this.#size) this.#each = 0;
    return true;
  }

  /** Moves the pieces of message `index` to where there is room for more. */
  #widen(index: number, count: number): void {
    const from = this.#pieceMemory.words;
    const start = this.#piecePlace / 4;
    this.#room = count < FIRST_ROOM ? FIRST_ROOM : SEGMENTS_MAX;
    this.#piecePlace = this.slabs.reserveAligned(this.#room * this.#each * PIECE_SIZE);
    this.#pieceMemory = this.slabs.memory;
    const { words } = this.#pieceMemory;
    const moved = (count * this.#each * PIECE_SIZE) / 4;
    for (let i = 0; i < moved; i += 1) words[this.#piecePlace / 4 + i] = from[start + i];
    writeAddress(this.#memory.words, index * HEADER_WORDS + PIECES_WORD, this.#pieceMemory, this.#piecePlace);
  }

  #begin(index: number, to: Uint8Array | undefined): void {
    const { words, bytes } = this.#memory;
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
    writeAddress(words, word + NAME_WORD, this.#memory, beside);
    words[word + NAME_SIZE_WORD] = size;
  }

  #beside(index: number): number {
    return (this.capacity + 1) * HEADER_SIZE + index * BESIDE_SIZE;
  }

  /** Tells message `index` where its pieces are: at most two beside it. Gives the first one's offset there. */
  #pieces(index: number, count: number): number {
    const word = index * HEADER_WORDS;
    const place = this.#beside(index) + PIECES;
    writeAddress(this.#memory.words, word + PIECES_WORD, this.#memory, place);
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
      place = this.slabs.reserveAligned(pieces * PIECE_SIZE);
      memory = this.slabs.memory;
      const word = index * HEADER_WORDS;
      writeAddress(this.#memory.words, word + PIECES_WORD, memory, place);
      this.#memory.words[word + PIECES_COUNT_WORD] = pieces;
    }
    for (let i = 0; i < count; i += 1) {
      if (head !== undefined) {
        writePiece(memory, place, this.#headMemory, this.#headOffset, head.length);
        place += PIECE_SIZE;
      }
      writePiece(memory, place, out.memory, offset + i * out.stride, i === count - 1 ? last : out.size);
      place += PIECE_SIZE;
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
    writeAddress(this.#memory.words, word + CONTROL_WORD, this.#memory, start);
    this.#memory.words[word + CONTROL_SIZE_WORD] = at - start;
  }

  #control(at: number, level: number, type: number, value: number): number {
    writeControl(this.#memory, at, level, type, value, type === UDP_SEGMENT ? 2 : 4);
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
    const control = readNumber(words, from + CONTROL_WORD) + CONTROL_MESSAGE_SIZE;
    writeNumber(words, to + CONTROL_WORD, control);
    const pieces = words[from + PIECES_COUNT_WORD];
    if (pieces === 1) this.#cut(index, segment, count);
    else {
      const each = pieces / count;
      words[to + PIECES_COUNT_WORD] = each;
      writeNumber(words, to + PIECES_WORD, readNumber(words, from + PIECES_WORD) + segment * each * PIECE_SIZE);
    }
    return this.addressOf(this.capacity);
  }

  /** The piece of one datagram, out of a message with one piece for all. */
  #cut(index: number, segment: number, count: number): void {
    const { words } = this.#memory;
    const from = (this.#beside(index) + PIECES) / 4;
    const place = this.#beside(this.capacity) + PIECES;
    const size = words[(this.#beside(index) + CONTROL) / 4 + CONTROL_VALUE_WORD];
    const whole = words[from + 2];
    writeNumber(words, place / 4, readNumber(words, from) + segment * size);
    words[place / 4 + 2] = segment === count - 1 ? whole - segment * size : size;
    words[place / 4 + 3] = 0;
    writeAddress(words, this.capacity * HEADER_WORDS + PIECES_WORD, this.#memory, place);
  }

  empty(): void {
    this.#each = 0;
    this.slabs.empty();
  }

  destroy(): void {
    this.slabs.destroy();
    this.#ownership.unmapping(this.#memory);
    unmap(this.#memory);
  }
}
