// The owner of each file descriptor of the process, and the memory that each actor has mapped: in shared memory, so that
// main can release what a dead actor leaves behind (main/actors/reap.ts). Only the fd's owner writes its entry. A closed
// number may belong to another owner at once, so the former owner clears the entry only if nobody has written it since.

/** Owner number of an fd that no actor owns. */
const NOBODY = 0;
/** Added to the owner's number while it closes the fd. */
const CLOSING = 0x8000;
/** Mappings that one actor may have at a time: rings, buffers, and slabs for the bytes that a turn sends. */
const MAPS_MAX = 2048;

export class OwnerTable {
  readonly #owners: Uint16Array;

  /** `fdsMax`: all fd numbers of the process are smaller. */
  static create(fdsMax: number): SharedArrayBuffer {
    return new SharedArrayBuffer(fdsMax * 2);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#owners = new Uint16Array(memory);
  }

  /** The actor owns the fd from now on. Called by the actor. */
  set(fd: number, actor: number): void {
    this.#owners[fd] = actor + 1;
  }

  /** The actor is about to close the fd, which is still the actor's. */
  closing(fd: number, actor: number): void {
    this.#owners[fd] = CLOSING | (actor + 1);
  }

  /** The actor has closed the fd. */
  closed(fd: number, actor: number): void {
    Atomics.compareExchange(this.#owners, fd, CLOSING | (actor + 1), NOBODY);
  }

  /** No actor owns the fd. Called by main, for an fd that it has accepted or closes itself. */
  clear(fd: number): void {
    this.#owners[fd] = NOBODY;
  }

  /** The fds of an actor, including those that it was about to close. */
  ownedBy(actor: number): number[] {
    return [...this.#all(actor + 1), ...this.#all(CLOSING | (actor + 1))];
  }

  *#all(owner: number): Generator<number> {
    for (let fd = this.#owners.indexOf(owner); fd >= 0; fd = this.#owners.indexOf(owner, fd + 1)) yield fd;
  }
}

/** Mapped memory; `size` in bytes. */
export interface MappedRegion {
  readonly address: number;
  readonly size: number;
}

/** The mappings of one actor; those that keep an io_uring alive (`pinsRing`) are marked. */
export class MapTable {
  readonly #pairs: Float64Array;

  static create(): SharedArrayBuffer {
    return new SharedArrayBuffer(MAPS_MAX * 16);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#pairs = new Float64Array(memory);
  }

  /** Records a mapping. Throws when the actor has MAPS_MAX already. */
  add(region: MappedRegion, pinsRing: boolean): void {
    for (let i = 0; i < this.#pairs.length; i += 2) {
      if (this.#pairs[i] !== 0) continue;
      this.#pairs[i + 1] = pinsRing ? -region.size : region.size;
      this.#pairs[i] = region.address;
      return;
    }
    throw new Error(`an actor may have at most ${MAPS_MAX} maps`);
  }

  remove(region: MappedRegion): void {
    for (let i = 0; i < this.#pairs.length; i += 2) {
      if (this.#pairs[i] === region.address) this.#pairs[i] = 0;
    }
  }

  all(): { readonly region: MappedRegion; readonly pinsRing: boolean }[] {
    const found = [];
    for (let i = 0; i < this.#pairs.length; i += 2) {
      const size = this.#pairs[i + 1];
      if (this.#pairs[i] !== 0) {
        found.push({ region: { address: this.#pairs[i], size: Math.abs(size) }, pinsRing: size < 0 });
      }
    }
    return found;
  }

  clear(): void {
    this.#pairs.fill(0);
  }
}
