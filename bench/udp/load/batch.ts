// Datagrams that are received or sent by one call (recvmmsg, sendmmsg): the message headers, and a slot for each of their bytes.
import * as libc from '../../../src/linux/libc.js';
import { type Memory, mapMemory } from '../../../src/linux/memory.js';
import {
  CONTROL_MESSAGE_SIZE,
  CONTROL_SIZE_WORD,
  CONTROL_VALUE_WORD,
  CONTROL_WORD,
  HEADER_SIZE,
  HEADER_WORDS,
  NAME_SIZE_WORD,
  NAME_WORD,
  PIECE_SIZE,
  PIECE_SIZE_WORD,
  PIECES_COUNT_WORD,
  PIECES_WORD,
  TRANSFERRED_WORD,
  writeAddress,
  writeControl,
  writePiece,
} from '../../../src/linux/message-layout.js';
import { SOL_UDP, UDP_SEGMENT } from '../../../src/linux/udp/sockets.js';

const MSG_DONTWAIT = 0x40;
/** Room for a peer's address and for control messages. */
const NAME_SIZE = 32;
const CONTROL_SIZE = 64;
const UDP_SEGMENT_BYTES = 2;
/** A slot's datagram begins here, so that what follows a header of ten bytes is aligned. */
const LEAD = 2;

export class Batch {
  readonly capacity: number;
  readonly memory: Memory;
  readonly #slots: number;
  readonly #slot: number;
  /** Where the first struct iovec is. */
  readonly #pieces: number;
  readonly #hasNames: boolean;
  /** Where the header of joined datagrams stands, in words. */
  readonly #joint: number;

  /** `slot`: the longest datagram. `hasNames`: peers and the address that they sent to are kept, for an answer. */
  constructor(capacity: number, slot: number, hasNames: boolean) {
    this.capacity = capacity;
    this.#slot = (slot + LEAD + 7) & ~7;
    this.#hasNames = hasNames;
    const pieces = capacity * HEADER_SIZE;
    const names = pieces + capacity * PIECE_SIZE;
    const controls = names + capacity * NAME_SIZE;
    const joint = controls + capacity * CONTROL_SIZE;
    this.#joint = joint / 4;
    this.#slots = joint + HEADER_SIZE + CONTROL_SIZE;
    this.#pieces = pieces;
    this.memory = mapMemory(this.#slots + capacity * this.#slot);
    for (let i = 0; i < capacity; i += 1) {
      const at = i * HEADER_WORDS;
      if (hasNames) {
        this.#point(at + NAME_WORD, names + i * NAME_SIZE);
        this.#point(at + CONTROL_WORD, controls + i * CONTROL_SIZE);
      }
      this.#point(at + PIECES_WORD, pieces + i * PIECE_SIZE);
      this.memory.words[at + PIECES_COUNT_WORD] = 1;
      writePiece(this.memory, pieces + i * PIECE_SIZE, this.memory, this.offsetOf(i), this.#slot - LEAD);
    }
    this.#point(this.#joint + CONTROL_WORD, joint + HEADER_SIZE);
    this.memory.words[this.#joint + CONTROL_SIZE_WORD] = CONTROL_MESSAGE_SIZE;
    writeControl(this.memory, joint + HEADER_SIZE, SOL_UDP, UDP_SEGMENT, 0, UDP_SEGMENT_BYTES);
  }

  #point(word: number, offset: number): void {
    writeAddress(this.memory.words, word, this.memory, offset);
  }

  /** Where the datagram of that number begins in `memory`. */
  offsetOf(index: number): number {
    return this.#slots + index * this.#slot + LEAD;
  }

  /** Bytes of a datagram that has come. */
  sizeOf(index: number): number {
    return this.memory.words[index * HEADER_WORDS + TRANSFERRED_WORD];
  }

  /** Bytes to send, or that may come. */
  setSize(index: number, size: number): void {
    this.memory.words[(this.#pieces + index * PIECE_SIZE) / 4 + PIECE_SIZE_WORD] = size;
  }

  /** Receives what there is: the number of datagrams, or a negated errno. */
  receive(fd: number): number {
    return libc.recvmmsg(fd, this.memory.address, this.capacity, MSG_DONTWAIT, 0);
  }

  /** Sends the first `count` datagrams: how many the kernel has taken, or a negated errno. */
  send(fd: number, count: number): number {
    return libc.sendmmsg(fd, this.memory.address, count, MSG_DONTWAIT);
  }

  /**
   * Sends the datagrams from `first` on, all of `size` bytes, as one that the kernel divides (UDP GSO): how many it has taken, or a
   * negated errno.
   */
  sendJoined(fd: number, first: number, count: number, size: number): number {
    this.#point(this.#joint + PIECES_WORD, this.#pieces + first * PIECE_SIZE);
    this.memory.words[this.#joint + PIECES_COUNT_WORD] = count;
    this.memory.words[this.#joint + HEADER_WORDS + CONTROL_VALUE_WORD] = size;
    const taken = libc.sendmsg(fd, this.memory.address + this.#joint * 4, MSG_DONTWAIT);
    return taken < 0 ? taken : count;
  }

  /** Sends `count` datagrams that have come back to where they came from; returns how many were sent. */
  sendBack(fd: number, count: number): number {
    for (let i = 0; i < count; i += 1) this.setSize(i, this.sizeOf(i));
    let sent = 0;
    while (sent < count) {
      const taken = libc.sendmmsg(fd, this.memory.address + sent * HEADER_SIZE, count - sent, MSG_DONTWAIT);
      if (taken <= 0) break;
      sent += taken;
    }
    return sent;
  }

  /** For the next `receive`, after which `count` datagrams were there. */
  clear(count: number): void {
    for (let i = 0; i < count; i += 1) {
      this.setSize(i, this.#slot - LEAD);
      if (!this.#hasNames) continue;
      this.memory.words[i * HEADER_WORDS + NAME_SIZE_WORD] = NAME_SIZE;
      this.memory.words[i * HEADER_WORDS + CONTROL_SIZE_WORD] = CONTROL_SIZE;
    }
  }
}
