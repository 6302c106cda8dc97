// The client networks that main knows: each has a slot, found by its address without an allocation, with the tokens that are
// left of its rate. A network is forgotten when it has no connection and has all its tokens again, so that the table has room
// for as many networks as there can be connections. It decides nothing: see client-limits.ts.
import type { ClientShares } from '../../threads/shared/client-shares.js';

const NONE = -1;
/** Networks of the same hash are in one chain. A factor of 32 bits spreads neighbouring addresses. */
const FACTOR = 0x9e37_79b1;
/** Slots that are looked at for one to forget, for each new network. */
const LOOKS = 4;

/** A rate of new connections: `burst` of them at once, and `per_s` a second. */
export interface Rate {
  readonly per_s: number;
  readonly burst: number;
}

export class ClientTable {
  readonly #shares: ClientShares;
  readonly #rate: Rate | undefined;
  /** The network of a slot: the first 8 bytes of an IPv6 address, or an IPv4 address and `isFour`. */
  readonly #keys: Uint32Array;
  readonly #isFour: Uint8Array;
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #tokens: Float64Array;
  /** When its tokens were counted; -1 for a slot without a network. */
  readonly #seen: Float64Array;
  readonly #seed: number;
  /** A chain of slots without a network. */
  #free = 0;
  #hand = 0;

  /** `slots`: networks at most. `seed`: a random number, so that nobody can choose addresses of one chain. */
  constructor(slots: number, shares: ClientShares, rate: Rate | undefined, seed: number) {
    this.#shares = shares;
    this.#rate = rate;
    this.#keys = new Uint32Array(slots * 2);
    this.#isFour = new Uint8Array(slots);
    this.#heads = new Int32Array(slots).fill(NONE);
    this.#next = Int32Array.from({ length: slots }, (_, slot) => (slot + 1 < slots ? slot + 1 : NONE));
    this.#tokens = new Float64Array(slots);
    this.#seen = new Float64Array(slots).fill(NONE);
    this.#seed = seed >>> 0;
  }

  /**
   * The slot of a network; -1 when all slots are in use. `ip`: 4 bytes, or 16 that are not mapped; undefined for the clients of
   * Unix sockets, which are one network. `now` in ms.
   */
  slotOf(ip: Uint8Array | undefined, now: number): number {
    const isFour = ip === undefined || ip.length === 16 ? 0 : 1;
    const high = ip === undefined ? 0 : wordAt(ip, 0);
    const low = ip === undefined || isFour === 1 ? 0 : wordAt(ip, 4);
    const chain = this.#chainOf(high, low, isFour);
    for (let slot = this.#heads[chain]; slot !== NONE; slot = this.#next[slot]) {
      if (this.#keys[2 * slot] === high && this.#keys[2 * slot + 1] === low && this.#isFour[slot] === isFour)
        return slot;
    }
    return this.#add(high, low, isFour, chain, now);
  }

  #chainOf(high: number, low: number, isFour: number): number {
    const mixed = Math.imul(Math.imul(high ^ this.#seed, FACTOR) ^ low ^ isFour, FACTOR);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % this.#heads.length;
  }

  #add(high: number, low: number, isFour: number, chain: number, now: number): number {
    for (let look = 0; look < LOOKS; look += 1) this.#forgetOne(now);
    const slot = this.#free;
    if (slot === NONE) return NONE;
    this.#free = this.#next[slot];
    this.#keys[2 * slot] = high;
    this.#keys[2 * slot + 1] = low;
    this.#isFour[slot] = isFour;
    this.#next[slot] = this.#heads[chain];
    this.#heads[chain] = slot;
    this.#tokens[slot] = this.#rate?.burst ?? 0;
    this.#seen[slot] = now;
    return slot;
  }

  /** Looks at the next slot, and forgets its network if nothing is known of it that a new one would not have. */
  #forgetOne(now: number): void {
    const slot = this.#hand;
    this.#hand = slot + 1 === this.#heads.length ? 0 : slot + 1;
    if (this.#seen[slot] < 0 || this.#shares.live(slot) > 0) return;
    if (this.#rate !== undefined && this.#refilled(slot, this.#rate, now) < this.#rate.burst) return;
    const chain = this.#chainOf(this.#keys[2 * slot], this.#keys[2 * slot + 1], this.#isFour[slot]);
    if (this.#heads[chain] === slot) this.#heads[chain] = this.#next[slot];
    else {
      let before = this.#heads[chain];
      while (this.#next[before] !== slot) before = this.#next[before];
      this.#next[before] = this.#next[slot];
    }
    this.#seen[slot] = NONE;
    this.#next[slot] = this.#free;
    this.#free = slot;
  }

  #refilled(slot: number, { per_s, burst }: Rate, now: number): number {
    return Math.min(burst, this.#tokens[slot] + ((now - this.#seen[slot]) * per_s) / 1000);
  }

  /** Takes a token of a network; false when it has none. */
  take(slot: number, now: number): boolean {
    if (this.#rate === undefined) return true;
    const tokens = this.#refilled(slot, this.#rate, now);
    this.#seen[slot] = now;
    this.#tokens[slot] = tokens < 1 ? tokens : tokens - 1;
    return tokens >= 1;
  }
}

function wordAt(ip: Uint8Array, at: number): number {
  return ((ip[at] << 24) | (ip[at + 1] << 16) | (ip[at + 2] << 8) | ip[at + 3]) >>> 0;
}
