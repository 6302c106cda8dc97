// Memory for copies of what one turn of an engine sends. It is filled in one turn and emptied in the next, and allocates only
// while it grows.
import { type Memory, mapMemory, unmap } from './memory.js';
import type { Ownership } from './ownership.js';

/** Bytes of a slab, and the most that can be reserved at once. */
export const SLAB_SIZE = 65_536;
/** Slabs that are kept for the next turns; a turn that needs more is a burst. */
const SLABS_KEPT = 8;

export class Slabs {
  readonly #ownership: Ownership;
  readonly #slabs: Memory[] = [];
  #slab = 0;
  #used = 0;

  constructor(ownership: Ownership) {
    this.#ownership = ownership;
    this.#grow();
  }

  #grow(): void {
    const memory = mapMemory(SLAB_SIZE);
    this.#ownership.mapped(memory, false);
    this.#slabs.push(memory);
  }

  /** The memory in which the last `reserve` found its bytes. */
  get memory(): Memory {
    return this.#slabs[this.#slab];
  }

  /** Reserves `size` bytes (at most SLAB_SIZE) in `memory` and returns their offset. */
  reserve(size: number): number {
    if (this.#used + size > SLAB_SIZE) {
      this.#slab += 1;
      this.#used = 0;
      if (this.#slab === this.#slabs.length) this.#grow();
    }
    const offset = this.#used;
    this.#used += size;
    return offset;
  }

  /** As `reserve`, at a multiple of 8. */
  reserveAligned(size: number): number {
    this.#used = (this.#used + 7) & ~7;
    return this.reserve(size);
  }

  empty(): void {
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
