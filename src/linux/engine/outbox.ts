// The sends of one turn of an io_uring engine. It keeps their bytes in place until the kernel has taken them, and finds
// the bytes of the few sends that fail. It is filled in one turn and emptied in the next, and allocates only while it
// grows. It submits nothing: see uring.ts.
import type { Memory } from '../memory.js';
import type { Ownership } from '../ownership.js';
import { Slabs } from '../slabs.js';
import { SEND_MAX } from './engine.js';
import type { Socket } from './socket.js';

/** One send of one socket. */
export interface Parcel {
  slot: number;
  generation: number;
  /** The word at which its submission stands in the ring (`Ring.prepare`), and the value of `Ring.submissions` then. */
  word: number;
  submission: number;
  memory: Memory;
  offset: number;
  size: number;
  /** Bytes that fit at `offset` in all; 0: a joined send first moves the parcel's bytes to a slab. */
  room: number;
}

export class Outbox {
  readonly #parcels: Parcel[] = [];
  #count = 0;
  /** By slot: the index of its parcel. The entry may be left from an earlier turn or socket, so `find` checks the parcel. */
  #places = new Uint32Array(1024);
  /** For copies of the turn's bytes; more than one only in a burst. */
  readonly #slabs: Slabs;
  /** Receive buffers from which bytes are sent: group and number of each in turn, the first `#lentCount` entries. */
  readonly #lent: number[] = [];
  #lentCount = 0;

  constructor(ownership: Ownership) {
    this.#slabs = new Slabs(ownership);
  }

  /** The memory into which the last `place` copied. */
  get slab(): Memory {
    return this.#slabs.memory;
  }

  /** Copies bytes (at most SEND_MAX) into `slab` and returns their offset. */
  place(bytes: Uint8Array): number {
    const offset = this.#slabs.reserve(bytes.length);
    this.slab.bytes.set(bytes, offset);
    return offset;
  }

  /** Adds the socket's parcel of this turn; later bytes are joined to it. The caller fills in its bytes and `room`. */
  add({ slot, generation }: Socket, word: number, submission: number): Parcel {
    const index = this.#count;
    this.#count += 1;
    if (slot >= this.#places.length) this.#places = widened(this.#places, slot);
    this.#places[slot] = index;
    if (index === this.#parcels.length) {
      this.#parcels.push({ slot, generation, word, submission, memory: this.slab, offset: 0, size: 0, room: 0 });
    }
    const parcel = this.#parcels[index];
    parcel.slot = slot;
    parcel.generation = generation;
    parcel.word = word;
    parcel.submission = submission;
    return parcel;
  }

  /** The socket's parcel of this turn; undefined when it sends nothing. */
  find({ slot, generation }: Socket): Parcel | undefined {
    const index = slot < this.#places.length ? this.#places[slot] : this.#count;
    if (index >= this.#count) return undefined;
    const parcel = this.#parcels[index];
    return parcel.slot === slot && parcel.generation === generation ? parcel : undefined;
  }

  /** Adds bytes to a parcel; false, with nothing added, when it would have more than SEND_MAX. */
  join(parcel: Parcel, memory: Memory, offset: number, size: number): boolean {
    const whole = parcel.size + size;
    if (whole > SEND_MAX) return false;
    if (whole > parcel.room) this.#move(parcel, Math.min(2 * whole, SEND_MAX));
    const end = parcel.offset + parcel.size;
    parcel.memory.bytes.set(memory.bytes.subarray(offset, offset + size), end);
    parcel.size = whole;
    return true;
  }

  #move(parcel: Parcel, room: number): void {
    const begun = parcel.memory.bytes.subarray(parcel.offset, parcel.offset + parcel.size);
    parcel.offset = this.#slabs.reserve(room);
    parcel.memory = this.slab;
    parcel.memory.bytes.set(begun, parcel.offset);
    parcel.room = room;
  }

  /** Bytes of a receive buffer are being sent: the buffer is given back only when the outbox is emptied. */
  lend(group: number, buffer: number): void {
    this.#lent[this.#lentCount] = group;
    this.#lent[this.#lentCount + 1] = buffer;
    this.#lentCount += 2;
  }

  /** The kernel has taken or refused all sends of the turn: forgets them and gives the lent buffers back. */
  empty(giveBack: (group: number, buffer: number) => void): void {
    for (let i = 0; i < this.#lentCount; i += 2) giveBack(this.#lent[i], this.#lent[i + 1]);
    this.#lentCount = 0;
    this.#count = 0;
    this.#slabs.empty();
  }

  destroy(): void {
    this.#slabs.destroy();
  }
}

/** A copy of a parcel's bytes after the first `sent` ones. */
export const left = ({ memory, offset, size }: Parcel, sent: number): Uint8Array =>
  memory.bytes.slice(offset + sent, offset + size);

function widened(places: Uint32Array<ArrayBuffer>, slot: number): Uint32Array<ArrayBuffer> {
  const wide = new Uint32Array(2 ** Math.ceil(Math.log2(slot + 1)));
  wide.set(places);
  return wide;
}
