// Datagrams that are received or sent by one call (recvmmsg, sendmmsg): the message headers, and a slot for each of their bytes.
import * as libc from '../../../src/linux/libc.js';
import { type Memory, mapMemory } from '../../../src/linux/memory.js';

const MSG_DONTWAIT = 0x40;
/** struct mmsghdr, struct iovec, and room for a peer's address and for control messages. */
const HEADER_SIZE = 64;
const VECTOR_SIZE = 16;
const NAME_SIZE = 32;
const CONTROL_SIZE = 64;
// Fields of struct mmsghdr, in words.
const HEADER_WORDS = HEADER_SIZE / 4;
const NAME_LENGTH = 2;
const CONTROL_LENGTH = 10;
const RECEIVED = 14;
const VECTOR_LENGTH = 2;
const SOL_UDP = 17;
const UDP_SEGMENT = 103;
/** struct cmsghdr with two bytes behind it, and what it takes with its padding. */
const SEGMENT_LENGTH = 18;
const SEGMENT_SPACE = 24;
/** A slot's datagram begins here, so that what follows a header of ten bytes is aligned. */
const LEAD = 2;

export class Batch {
  readonly capacity: number;
  readonly memory: Memory;
  readonly #slots: number;
  readonly #slot: number;
  /** Words of the first struct iovec. */
  readonly #vectors: number;
  readonly #hasNames: boolean;
  /** Where the header of joined datagrams stands, in words. */
  readonly #joint: number;

  /** `slot`: the longest datagram. `hasNames`: peers and the address that they sent to are kept, for an answer. */
  constructor(capacity: number, slot: number, hasNames: boolean) {
    this.capacity = capacity;
    this.#slot = (slot + LEAD + 7) & ~7;
    this.#hasNames = hasNames;
    const vectors = capacity * HEADER_SIZE;
    const names = vectors + capacity * VECTOR_SIZE;
    const controls = names + capacity * NAME_SIZE;
    const joint = controls + capacity * CONTROL_SIZE;
    this.#joint = joint / 4;
    this.#slots = joint + HEADER_SIZE + CONTROL_SIZE;
    this.#vectors = vectors / 4;
    this.memory = mapMemory(this.#slots + capacity * this.#slot);
    for (let i = 0; i < capacity; i += 1) {
      const at = i * HEADER_WORDS;
      if (hasNames) {
        this.#point(at, names + i * NAME_SIZE);
        this.#point(at + 8, controls + i * CONTROL_SIZE);
      }
      this.#point(at + 4, vectors + i * VECTOR_SIZE);
      this.memory.words[at + 6] = 1;
      this.#point(this.#vectors + i * 4, this.offsetOf(i));
      this.setSize(i, this.#slot - LEAD);
    }
    this.#point(this.#joint + 8, joint + HEADER_SIZE);
    this.memory.words[this.#joint + CONTROL_LENGTH] = SEGMENT_SPACE;
    this.memory.words.set([SEGMENT_LENGTH, 0, SOL_UDP, UDP_SEGMENT], this.#joint + HEADER_WORDS);
  }

  #point(word: number, offset: number): void {
    const address = this.memory.address + offset;
    this.memory.words[word] = address >>> 0;
    this.memory.words[word + 1] = Math.floor(address / 2 ** 32);
  }

  /** Where the datagram of that number begins in `memory`. */
  offsetOf(index: number): number {
    return this.#slots + index * this.#slot + LEAD;
  }

  /** Bytes of a datagram that has come. */
  sizeOf(index: number): number {
    return this.memory.words[index * HEADER_WORDS + RECEIVED];
  }

  /** Bytes to send, or that may come. */
  setSize(index: number, size: number): void {
    this.memory.words[this.#vectors + index * 4 + VECTOR_LENGTH] = size;
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
    this.#point(this.#joint + 4, this.#vectors * 4 + first * VECTOR_SIZE);
    this.memory.words[this.#joint + 6] = count;
    this.memory.words[this.#joint + HEADER_WORDS + 4] = size;
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
      this.memory.words[i * HEADER_WORDS + NAME_LENGTH] = NAME_SIZE;
      this.memory.words[i * HEADER_WORDS + CONTROL_LENGTH] = CONTROL_SIZE;
    }
  }
}
