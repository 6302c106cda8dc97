// What users have carried, and which of them may carry no more, in shared memory by the user's name: connection actors add, and
// main says who has spent what it may. A name keeps its slot while the process lives, also when its user has gone. Nothing waits
// for another thread.

/** More than twice as many as users can be configured, so that a slot is found at once. */
export const USER_SLOTS = 131_072;
const SLOTS = USER_SLOTS;
/** Slots that are looked at for a name, one behind the other. */
const PROBES = 64;

const SPENT = 1;

export class UserTable {
  readonly #tags: BigInt64Array;
  /** Bytes, both directions together. */
  readonly #carried: BigInt64Array;
  readonly #flags: Int32Array;
  readonly #taken: Int32Array;
  /** Of names that have been looked for here. */
  readonly #known = new Map<string, number>();

  /** Pages of slots that nobody uses are never touched. */
  static create(): SharedArrayBuffer {
    return new SharedArrayBuffer(SLOTS * 20 + 4);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#tags = new BigInt64Array(memory, 0, SLOTS);
    this.#carried = new BigInt64Array(memory, SLOTS * 8, SLOTS);
    this.#flags = new Int32Array(memory, SLOTS * 16, SLOTS);
    this.#taken = new Int32Array(memory, SLOTS * 20, 1);
  }

  /** The slot of a user; -1 where it has none yet. */
  find(name: string): number {
    return this.#known.get(name) ?? this.#search(name, false);
  }

  /** The slot of a user, which gets one if it has none; -1 where too many names have been known in the life of the process. */
  slotOf(name: string): number {
    return this.#known.get(name) ?? this.#search(name, true);
  }

  #search(name: string, mayTake: boolean): number {
    const tag = tagOf(name);
    const first = Number(BigInt.asUintN(32, tag)) % SLOTS;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const slot = (first + probe) % SLOTS;
      const other = Atomics.load(this.#tags, slot);
      const found = other === 0n && mayTake ? Atomics.compareExchange(this.#tags, slot, 0n, tag) : other;
      if (found === 0n && !mayTake) return -1;
      if (found === 0n) Atomics.add(this.#taken, 0, 1);
      if (found !== 0n && found !== tag) continue;
      this.#known.set(name, slot);
      return slot;
    }
    return -1;
  }

  /** How many names have a slot: it only grows. */
  get taken(): number {
    return Atomics.load(this.#taken, 0);
  }

  /** A user has carried so many bytes more. */
  add(name: string, bytes: number): void {
    const slot = this.slotOf(name);
    if (slot >= 0) Atomics.add(this.#carried, slot, BigInt(bytes));
  }

  /** What a user has carried since the process began; of a live connection, what it had when its actor last looked. */
  carried(slot: number): number {
    return Number(Atomics.load(this.#carried, slot));
  }

  setSpent(name: string, isSpent: boolean): void {
    const slot = isSpent ? this.slotOf(name) : this.find(name);
    if (slot >= 0) Atomics.store(this.#flags, slot, isSpent ? SPENT : 0);
  }

  isSpent(name: string): boolean {
    const slot = this.find(name);
    return slot >= 0 && Atomics.load(this.#flags, slot) === SPENT;
  }
}

const BASIS = 0xcbf2_9ce4_8422_2325n;
const PRIME = 0x100_0000_01b3n;

/** FNV-1a with 64 bits, never 0. Names are chosen by the operator, so nobody makes two of them meet. */
function tagOf(name: string): bigint {
  let hash = BASIS;
  for (const byte of Buffer.from(name)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  return BigInt.asIntN(64, hash) || 1n;
}
