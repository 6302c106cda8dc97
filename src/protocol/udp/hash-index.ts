// Finds entries by a hash of 32 bits, without an object for a key: whoever asks compares the entries of a hash itself. Open
// addressing with linear probing; a removal moves the entries behind it back, so that no marks are left.

const BEGINS_WITH = 16;

export class HashIndex<Entry> {
  /** Changed in each process, so that nobody can tell which keys meet. */
  readonly #seed: number;
  #hashes = new Int32Array(BEGINS_WITH);
  #entries: (Entry | undefined)[] = new Array<Entry | undefined>(BEGINS_WITH).fill(undefined);
  #mask = BEGINS_WITH - 1;
  size = 0;

  /** `seed`: a random integer. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The first entry of a hash: its place, or -1. */
  first(hash: number): number {
    return this.#from(this.#home(hash), hash);
  }

  /** The next entry of the same hash. */
  next(place: number, hash: number): number {
    return this.#from((place + 1) & this.#mask, hash);
  }

  /** Valid until an entry is added or removed. */
  at(place: number): Entry {
    return this.#entries[place] as Entry;
  }

  #from(begin: number, hash: number): number {
    for (let place = begin; this.#entries[place] !== undefined; place = (place + 1) & this.#mask)
      if (this.#hashes[place] === hash) return place;
    return -1;
  }

  /** The caller has made sure that it is not here yet. `hash`: a signed integer. */
  add(hash: number, entry: Entry): void {
    // At most three quarters are used, so a search ends soon.
    if (4 * (this.size + 1) > 3 * this.#entries.length) this.#resize(2 * this.#entries.length);
    this.#put(hash, entry);
    this.size += 1;
  }

  #put(hash: number, entry: Entry): void {
    let place = this.#home(hash);
    while (this.#entries[place] !== undefined) place = (place + 1) & this.#mask;
    this.#hashes[place] = hash;
    this.#entries[place] = entry;
  }

  /** Returns whether it was there. */
  remove(hash: number, entry: Entry): boolean {
    let place = this.first(hash);
    while (place >= 0 && this.#entries[place] !== entry) place = this.next(place, hash);
    if (place < 0) return false;
    this.size -= 1;
    this.#close(place);
    return true;
  }

  /** The place is empty now: what stands behind it may belong here (Knuth, section 6.4, algorithm R). */
  #close(empty: number): void {
    let gap = empty;
    let place = gap;
    for (;;) {
      place = (place + 1) & this.#mask;
      const entry = this.#entries[place];
      if (entry === undefined) break;
      const home = this.#home(this.#hashes[place]);
      // Whether its home is behind the gap, so that it is found where it stands.
      if (((place - home) & this.#mask) < ((place - gap) & this.#mask)) continue;
      this.#hashes[gap] = this.#hashes[place];
      this.#entries[gap] = entry;
      gap = place;
    }
    this.#entries[gap] = undefined;
  }

  #resize(length: number): void {
    const [hashes, entries] = [this.#hashes, this.#entries];
    this.#hashes = new Int32Array(length);
    this.#entries = new Array<Entry | undefined>(length).fill(undefined);
    this.#mask = length - 1;
    for (let place = 0; place < entries.length; place += 1) {
      const entry = entries[place];
      if (entry !== undefined) this.#put(hashes[place], entry);
    }
  }

  #home(hash: number): number {
    const mixed = Math.imul(hash ^ this.#seed, 0x9e3779b1);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }
}
