// How many connections each of many holders has, and how many of these have not said where they want to go: counts in shared
// memory, since main and all connection actors count. A holder is a client network or a user: one `Shares` is for one kind of
// them. It has a slot, found by a key of 64 bits, and the slot of each fd is known: who closes the fd counts it out, also for a
// dead actor. It decides nothing: see client-limits.ts and user-limits.ts. Nothing waits for another thread.
//
// A slot is in use while its holder has connections, or has spent tokens of its rate that are not back. Any other slot may be
// given to another holder. Threads that do this at the same moment may count a connection for the wrong holder, or give one
// holder two slots, until that connection has ended: no count is ever lost.

import { Held } from './held.js';

/** Slots that are looked at for a key, one behind the other: at most half of all are in use, so that one is nearly always free. */
const PROBES = 32;
/** Of the header: the two seeds of the hashes, and how many connections are free. */
const SEEDS = 0;
const ROOM = 2;
const HEADER = 4;
/** Slots without a key, for holders of which there is one each in a gateway. */
export const RESERVED = 4;
/** In the entry of an fd: its client has not said where it wants to go. The slot stands below, plus one. */
const SHAKING = 1 << 30;
/** It counts only while that is so: it is a proxy's connection, whose client is somebody else. */
const PASSING = 1 << 29;
const SLOT = PASSING - 1;
/** Tokens of a rate that may be spent at once, in seconds of the rate. */
const BURST_S = 2n;
const SECOND_US = 1_000_000n;

export interface SharesMemory {
  readonly fds: SharedArrayBuffer;
  readonly counts: SharedArrayBuffer;
  /** When all tokens are back, by slot, in µs. */
  readonly full: SharedArrayBuffer;
  /** See held.ts. */
  readonly held: SharedArrayBuffer;
}

/** The monotonic clock, which all threads share, in µs. */
const sharedClock = (): bigint => process.hrtime.bigint() / 1000n;

export class Shares {
  readonly #clock: () => bigint;
  readonly #slots: number;
  readonly #fds: Int32Array;
  readonly #header: Int32Array;
  /** A number for the key of each slot; 0 for a slot that was never used. */
  readonly #tags: Int32Array;
  readonly #live: Int32Array;
  readonly #shaking: Int32Array;
  readonly #full: BigInt64Array;
  readonly #held: Held;

  /**
   * `slots`: for holders with keys; 0 where nothing is limited, and nothing is counted. `fdsMax`: all fd numbers are smaller.
   * `seed`: a random number of 32 bits, so that nobody can choose keys that meet. `kinds`: of what connections hold (held.ts).
   */
  static create(slots: number, fdsMax: number, seed: number, kinds = 0): SharesMemory {
    const all = slots === 0 ? 0 : slots + RESERVED;
    const counts = new SharedArrayBuffer((HEADER + all * 3) * 4);
    new Int32Array(counts).set([seed, mixed(seed ^ 0x5bd1_e995)], SEEDS);
    return {
      fds: new SharedArrayBuffer(slots === 0 ? 0 : fdsMax * 4),
      counts,
      full: new SharedArrayBuffer(all * 8),
      held: Held.create(fdsMax, all, kinds),
    };
  }

  /** `clock`: in µs, the same in all threads; never negative. */
  constructor({ fds, counts, full, held }: SharesMemory, clock = sharedClock) {
    const all = full.byteLength / 8;
    const column = (number: number): Int32Array => new Int32Array(counts, (HEADER + number * all) * 4, all);
    this.#clock = clock;
    this.#slots = Math.max(0, all - RESERVED);
    this.#fds = new Int32Array(fds);
    this.#header = new Int32Array(counts, 0, HEADER);
    this.#tags = column(0);
    this.#live = column(1);
    this.#shaking = column(2);
    this.#full = new BigInt64Array(full);
    this.#held = new Held(held, this.#fds.length, all);
  }

  /** The slot of the holder with this key; -1 when there is none left for it. `kind` keeps keys of different kinds apart. */
  slotOf(high: number, low: number, kind: number): number {
    const tag = this.#hash(high, low, kind, 1) || 1;
    const first = (this.#hash(high, low, kind, 0) >>> 0) % this.#slots;
    const probes = Math.min(PROBES, this.#slots);
    for (;;) {
      let free = -1;
      let found = 0;
      for (let probe = 0; probe < probes; probe += 1) {
        const slot = (first + probe) % this.#slots;
        const other = Atomics.load(this.#tags, slot);
        if (other === tag) return slot;
        if (free >= 0 || this.#isInUse(slot)) continue;
        free = slot;
        found = other;
      }
      // Another thread may have taken it meanwhile.
      if (free < 0 || Atomics.compareExchange(this.#tags, free, found, tag) === found) return free;
    }
  }

  /** The same, but nobody gets one: -1 where the holder has none. */
  find(high: number, low: number, kind: number): number {
    const tag = this.#hash(high, low, kind, 1) || 1;
    const first = (this.#hash(high, low, kind, 0) >>> 0) % this.#slots;
    for (let probe = 0; probe < Math.min(PROBES, this.#slots); probe += 1) {
      const slot = (first + probe) % this.#slots;
      if (Atomics.load(this.#tags, slot) === tag) return slot;
    }
    return -1;
  }

  #hash(high: number, low: number, kind: number, which: 0 | 1): number {
    return mixed(mixed(mixed(high ^ this.#header[SEEDS + which]) ^ low) ^ kind);
  }

  #isInUse(slot: number): boolean {
    if (Atomics.load(this.#live, slot) > 0) return true;
    const full = this.#full[slot];
    return full !== 0n && full > this.#clock();
  }

  /** The slot of a holder without a key, from 0. */
  reserved(number: number): number {
    return this.#slots + number;
  }

  /** The slot for which the fd counts; -1 for none. */
  holderOf(fd: number): number {
    return fd < this.#fds.length ? (this.#fds[fd] & SLOT) - 1 : -1;
  }

  live(slot: number): number {
    return Atomics.load(this.#live, slot);
  }

  handshakes(slot: number): number {
    return Atomics.load(this.#shaking, slot);
  }

  /**
   * Counts one more connection of a holder, on `fd`. False if it would have more than `live_max`: then nothing is counted.
   * Exact, whichever threads count at the same time.
   */
  came(fd: number, slot: number, live_max = Number.POSITIVE_INFINITY): boolean {
    if (Atomics.add(this.#live, slot, 1) >= live_max) {
      Atomics.sub(this.#live, slot, 1);
      return false;
    }
    this.#fds[fd] = slot + 1;
    return true;
  }

  /** The client on this fd, which has come, has not said where it wants to go. */
  shakes(fd: number): void {
    this.#fds[fd] |= SHAKING;
    Atomics.add(this.#shaking, (this.#fds[fd] & SLOT) - 1, 1);
  }

  /** As `shakes`, of a proxy's connection: it counts no longer than that. */
  passes(fd: number): void {
    this.shakes(fd);
    this.#fds[fd] |= PASSING;
  }

  /** The client on this fd has said where it wants to go. Called by the fd's owner. */
  requested(fd: number): void {
    if (fd >= this.#fds.length) return;
    const entry = this.#fds[fd];
    if ((entry & SHAKING) === 0) return;
    this.#fds[fd] = entry & SLOT;
    Atomics.sub(this.#shaking, (entry & SLOT) - 1, 1);
    if ((entry & PASSING) !== 0) this.closing(fd);
  }

  /** The fd is about to be closed by its owner, or is somebody else's from now on. It need not be a client's. */
  closing(fd: number): void {
    if (fd >= this.#fds.length || this.#fds[fd] === 0) return;
    const entry = this.#fds[fd];
    this.#fds[fd] = 0;
    const slot = (entry & SLOT) - 1;
    this.#held.release(fd, slot);
    if ((entry & SHAKING) !== 0) Atomics.sub(this.#shaking, slot, 1);
    Atomics.sub(this.#live, slot, 1);
  }

  /** The connection on this fd holds more of a kind, or less. Called by the fd's owner. It may have no holder. */
  hold(fd: number, kind: number, more: number): void {
    const slot = this.holderOf(fd);
    if (slot >= 0) this.#held.add(fd, slot, kind, more);
  }

  /** What the connection on this fd holds of a kind. */
  heldOn(fd: number, kind: number): number {
    return this.#held.on(fd, kind);
  }

  /** What all connections of a holder hold of a kind. */
  heldBy(slot: number, kind: number): number {
    return this.#held.by(slot, kind);
  }

  /** Connections that are free in the gateway. */
  get room(): number {
    return this.#header[ROOM];
  }

  /** Called by main. */
  set room(value: number) {
    this.#header[ROOM] = value;
  }

  /** Takes a token of a holder; false when it has none. `per_s`: tokens a second; twice as many may be taken at once. */
  take(slot: number, per_s: number): boolean {
    const interval = BigInt(Math.max(1, Math.floor(1_000_000 / per_s)));
    const now = this.#clock();
    // The tokens are a time: that of the moment when all of them are back.
    for (;;) {
      const full = Atomics.load(this.#full, slot);
      const from = full > now ? full : now;
      if (from - now > BURST_S * SECOND_US - interval) return false;
      if (Atomics.compareExchange(this.#full, slot, full, from + interval) === full) return true;
    }
  }
}

/** Spreads all bits over all bits (the finalizer of MurmurHash3). */
function mixed(bits: number): number {
  let value = bits;
  value = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2_ae35);
  return value ^ (value >>> 16);
}
