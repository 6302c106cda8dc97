// An object for each slot that has one, in blocks that are made when they are first written to. An array that grows would be
// copied each time and keep room for half as many again; slots that never have an object take no memory here.

const BLOCK_BITS = 9;
const BLOCK = 1 << BLOCK_BITS;
const IN_BLOCK = BLOCK - 1;

/** Slots are used from the lowest on, so that few blocks are made in vain. */
export class Column<T> {
  readonly #blocks: (T | undefined)[][] = [];

  get(slot: number): T | undefined {
    const block = slot >> BLOCK_BITS;
    return block < this.#blocks.length ? this.#blocks[block][slot & IN_BLOCK] : undefined;
  }

  set(slot: number, value: T): void {
    const block = slot >> BLOCK_BITS;
    while (this.#blocks.length <= block) this.#blocks.push(new Array(BLOCK).fill(undefined));
    this.#blocks[block][slot & IN_BLOCK] = value;
  }

  clear(slot: number): void {
    const block = slot >> BLOCK_BITS;
    if (block < this.#blocks.length) this.#blocks[block][slot & IN_BLOCK] = undefined;
  }
}
