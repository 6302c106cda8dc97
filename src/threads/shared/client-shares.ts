// How many connections each client network has, and how many of them have not said where they want to go: counts in shared
// memory by the number of a network (a slot), and the slot of each accepted fd. Main counts a client before it hands it over,
// and the owner of the fd counts it out when it closes the fd. Which network a slot is for is main's knowledge
// (main/accept/client-table.ts). Without limits the memory is empty, and each call returns at once.

/** Of the counts of a slot. */
const LIVE = 0;
const SHAKING = 1;
const COUNTS = 2;
/** Of a gateway: whether new clients get less time for their handshake. */
const TIGHT = 0;
const HEADER = 1;
/** In the entry of an fd: its client has not said where it wants to go. The slot stands below, plus one. */
const HANDSHAKE = 1 << 30;

export interface ClientSharesMemory {
  readonly slots: SharedArrayBuffer;
  readonly counts: SharedArrayBuffer;
}

export class ClientShares {
  readonly #slots: Int32Array;
  readonly #counts: Int32Array;

  /** `slots`: numbers of networks; 0 where clients are not limited. `fdsMax`: all fd numbers are smaller. */
  static create(slots: number, fdsMax: number): ClientSharesMemory {
    return {
      slots: new SharedArrayBuffer(slots === 0 ? 0 : fdsMax * 4),
      counts: new SharedArrayBuffer((HEADER + slots * COUNTS) * 4),
    };
  }

  constructor({ slots, counts }: ClientSharesMemory) {
    this.#slots = new Int32Array(slots);
    this.#counts = new Int32Array(counts);
  }

  live(slot: number): number {
    return Atomics.load(this.#counts, HEADER + slot * COUNTS + LIVE);
  }

  handshakes(slot: number): number {
    return Atomics.load(this.#counts, HEADER + slot * COUNTS + SHAKING);
  }

  /** Called by main, for a client that it hands over. */
  came(fd: number, slot: number): void {
    Atomics.add(this.#counts, HEADER + slot * COUNTS + LIVE, 1);
    Atomics.add(this.#counts, HEADER + slot * COUNTS + SHAKING, 1);
    this.#slots[fd] = HANDSHAKE | (slot + 1);
  }

  /** The client on this fd has said where it wants to go. Called by the fd's owner. */
  requested(fd: number): void {
    if (fd >= this.#slots.length) return;
    const entry = this.#slots[fd];
    if ((entry & HANDSHAKE) === 0) return;
    const slot = entry & ~HANDSHAKE;
    this.#slots[fd] = slot;
    Atomics.sub(this.#counts, HEADER + (slot - 1) * COUNTS + SHAKING, 1);
  }

  /** The fd is about to be closed by its owner. It need not be a client's. */
  closing(fd: number): void {
    if (fd >= this.#slots.length || this.#slots[fd] === 0) return;
    this.requested(fd);
    const slot = this.#slots[fd] - 1;
    this.#slots[fd] = 0;
    Atomics.sub(this.#counts, HEADER + slot * COUNTS + LIVE, 1);
  }

  get isTight(): boolean {
    return this.#counts[TIGHT] !== 0;
  }

  /** Called by main. */
  set isTight(value: boolean) {
    this.#counts[TIGHT] = value ? 1 : 0;
  }
}
