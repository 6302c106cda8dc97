// What an io_uring engine sends in one turn: the bytes stay where they are until the kernel has taken them, and can be
// looked up for the few sends that come back unfinished. Filled in one turn, emptied in the next; it allocates only while
// it grows.
import { type Memory, mapMemory, unmap } from '../memory.js';
import type { Ownership } from '../ownership.js';
import { SEND_MAX } from './engine.js';
import type { Socket } from './socket.js';

const SLAB_SIZE = SEND_MAX;
/** So many are kept for the next turns; a turn that needs more is a burst. */
const SLABS_KEPT = 8;

/** One send. */
export interface Parcel {
  slot: number;
  generation: number;
  /** Where it stands in the ring, and in which submission. */
  word: number;
  submission: number;
  memory: Memory;
  offset: number;
  size: number;
  /** Bytes that may stand there. */
  room: number;
}

export class Outbox {
  readonly #ownership: Ownership;
  readonly #parcels: Parcel[] = [];
  #count = 0;
  /** The place of a slot's parcel; what stands there may be of another turn or socket. */
  #places = new Uint32Array(1024);
  /** For copies of the turn's bytes; all but the first only where very many are sent at once. */
  readonly #slabs: Memory[] = [];
  #slab = 0;
  #used = 0;
  /** Receive buffers that are sent from: their groups and numbers. */
  readonly #lent: number[] = [];

  constructor(ownership: Ownership) {
    this.#ownership = ownership;
    this.#grow();
  }

  #grow(): void {
    const memory = mapMemory(SLAB_SIZE);
    this.#ownership.mapped(memory, false);
    this.#slabs.push(memory);
  }

  /** The memory that the last `place` put its bytes in. */
  get slab(): Memory {
    return this.#slabs[this.#slab];
  }

  /** Copies bytes into `slab` and returns where they stand. */
  place(bytes: Uint8Array): number {
    const offset = this.#reserve(bytes.length);
    this.slab.bytes.set(bytes, offset);
    return offset;
  }

  /** Room for `size` bytes in `slab`, at most SEND_MAX. */
  #reserve(size: number): number {
    if (this.#used + size > SLAB_SIZE) {
      this.#slab += 1;
      this.#used = 0;
      if (this.#slab === this.#slabs.length) this.#grow();
    }
    const offset = this.#used;
    this.#used += size;
    return offset;
  }

  /** Notes a socket's only send of the turn. */
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

  /** What the socket sends in the turn; undefined for nothing. */
  find({ slot, generation }: Socket): Parcel | undefined {
    const index = slot < this.#places.length ? this.#places[slot] : this.#count;
    if (index >= this.#count) return undefined;
    const parcel = this.#parcels[index];
    return parcel.slot === slot && parcel.generation === generation ? parcel : undefined;
  }

  /** Adds bytes to a parcel; false when it would be more than SEND_MAX. */
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
    parcel.offset = this.#reserve(room);
    parcel.memory = this.slab;
    parcel.memory.bytes.set(begun, parcel.offset);
    parcel.room = room;
  }

  /** A receive buffer is sent from, and is given back only when the outbox is emptied. */
  lend(group: number, buffer: number): void {
    this.#lent.push(group, buffer);
  }

  /** All has been sent. */
  empty(giveBack: (group: number, buffer: number) => void): void {
    for (let i = 0; i < this.#lent.length; i += 2) giveBack(this.#lent[i], this.#lent[i + 1]);
    this.#lent.length = 0;
    this.#count = 0;
    this.#slab = 0;
    this.#used = 0;
    this.#shrink(SLABS_KEPT);
  }

  #shrink(kept: number): void {
    while (this.#slabs.length > kept) {
      const memory = this.#slabs.pop() as Memory;
      this.#ownership.unmapping(memory);
      unmap(memory);
    }
  }

  destroy(): void {
    this.#shrink(0);
  }
}

/** What is left of a parcel of which `sent` bytes have gone: a copy. */
export const left = ({ memory, offset, size }: Parcel, sent: number): Uint8Array =>
  memory.bytes.slice(offset + sent, offset + size);

function widened(places: Uint32Array<ArrayBuffer>, slot: number): Uint32Array<ArrayBuffer> {
  const wide = new Uint32Array(2 ** Math.ceil(Math.log2(slot + 1)));
  wide.set(places);
  return wide;
}
