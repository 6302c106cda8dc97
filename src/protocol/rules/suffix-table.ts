// Finds the first rule for a name among names and suffixes in one flat hash table. The hash goes from the end of the name to
// its beginning, with a look-up at each dot. All threads share the arrays, and a look-up allocates nothing. (With 100 000
// suffixes, a Map from text to rule took two to five times as long for names of 4 to 6 labels. A trie of Maps was no
// faster, and had 14 MB of objects for the garbage collector to mark in each thread.)
import type { Client } from '../users/client.js';
import type { ChainBuilder, RuleChains, RuleLists } from './chains.js';

export interface SuffixTables {
  /** Open addressing, at most half full. A slot is 0, or the upper bits of the hash and the place of a record plus one. */
  readonly slots: Uint32Array;
  /** Four words for each name: where its text begins, its length, and two heads: for itself, and for it and all below. */
  readonly records: Int32Array;
  /** ASCII. */
  readonly texts: Uint8Array;
  /** The number of labels of the longest suffix. */
  readonly labels_max: number;
}

const RECORD_WORDS = 4;
const LENGTH = 1;
const ITSELF = 2;
const WITHIN = 3;
/** Bits of a slot for the record. The others, of the hash, exclude most other names without comparing texts. */
const RECORD_BITS = 20;
const RECORD_MASK = (1 << RECORD_BITS) - 1;
const NAMES_MAX = RECORD_MASK - 1;
const DOT = 46;

// FNV-1a, from the last letter to the first.
const HASH_START = 0x811c9dc5 | 0;
const hashed = (hash: number, letter: number): number => Math.imul(hash ^ letter, 0x01000193);
const finished = (hash: number): number => hash ^ (hash >>> 15);
const tagOf = (finishedHash: number): number => finishedHash >>> RECORD_BITS;

export class SuffixTable {
  readonly #slots: Uint32Array;
  readonly #records: Int32Array;
  readonly #texts: Uint8Array;
  readonly #labels_max: number;
  readonly #chains: RuleChains;

  constructor({ slots, records, texts, labels_max }: SuffixTables, chains: RuleChains) {
    this.#slots = slots;
    this.#records = records;
    this.#texts = texts;
    this.#labels_max = labels_max;
    this.#chains = chains;
  }

  /** The first rule for a normalised name, a port and a client, if its number is below `best`; else `best`. */
  lowest(name: string, port: number, best: number, client?: Client): number {
    let hash = HASH_START;
    let labels = 0;
    let first = best;
    for (let at = name.length - 1; at >= 0; at -= 1) {
      const letter = name.charCodeAt(at);
      if (letter === DOT) {
        labels += 1;
        if (labels <= this.#labels_max) first = this.#within(hash, name, at + 1, port, first, client);
      }
      hash = hashed(hash, letter);
    }
    const record = this.#find(hash, name, 0);
    if (record < 0) return first;
    first = this.#chains.lower(this.#records[record + ITSELF], port, first, client);
    return this.#chains.lower(this.#records[record + WITHIN], port, first, client);
  }

  #within(hash: number, name: string, from: number, port: number, best: number, client: Client | undefined): number {
    const record = this.#find(hash, name, from);
    return record < 0 ? best : this.#chains.lower(this.#records[record + WITHIN], port, best, client);
  }

  /** Where the record of the part of `name` from `from` on begins; -1 when there is none. */
  #find(hash: number, name: string, from: number): number {
    const mixed = finished(hash);
    const tag = tagOf(mixed);
    const mask = this.#slots.length - 1;
    for (let at = mixed & mask; ; at = (at + 1) & mask) {
      const slot = this.#slots[at];
      if (slot === 0) return -1;
      const record = ((slot & RECORD_MASK) - 1) * RECORD_WORDS;
      if (slot >>> RECORD_BITS === tag && this.#is(record, name, from)) return record;
    }
  }

  #is(record: number, name: string, from: number): boolean {
    const length = this.#records[record + LENGTH];
    if (length !== name.length - from) return false;
    const text = this.#records[record];
    for (let i = 0; i < length; i += 1) if (this.#texts[text + i] !== name.charCodeAt(from + i)) return false;
    return true;
  }
}

/** A name of the table, with two heads: of the rules for itself, and of those for it and all below. */
export interface ListedName {
  readonly name: string;
  readonly itself: number;
  readonly within: number;
}

export function* listedNames({ records, texts }: SuffixTables): Generator<ListedName> {
  for (let at = 0; at < records.length; at += RECORD_WORDS) {
    const letters = texts.subarray(records[at], records[at] + records[at + LENGTH]);
    yield { name: String.fromCharCode(...letters), itself: records[at + ITSELF], within: records[at + WITHIN] };
  }
}

/** Rules by normalised name: `itself` for that name alone, `within` for it and all names below it. */
export function buildSuffixTables(itself: RuleLists, within: RuleLists, chains: ChainBuilder): SuffixTables {
  const names = [...new Set([...itself.keys(), ...within.keys()])];
  if (names.length > NAMES_MAX) throw new Error(`more than ${NAMES_MAX} names`);
  let slotCount = 2;
  while (slotCount < names.length * 2) slotCount *= 2;
  const slots = new Uint32Array(slotCount);
  const records = new Int32Array(names.length * RECORD_WORDS);
  const texts = new Uint8Array(names.reduce((sum, name) => sum + name.length, 0));
  let end = 0;
  for (const [place, name] of names.entries()) {
    records.set([end, name.length, chains.head(itself.get(name)), chains.head(within.get(name))], place * RECORD_WORDS);
    let hash = HASH_START;
    for (let at = name.length - 1; at >= 0; at -= 1) {
      const letter = name.charCodeAt(at);
      texts[end + at] = letter;
      hash = hashed(hash, letter);
    }
    end += name.length;
    const mixed = finished(hash);
    let slot = mixed & (slotCount - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (slotCount - 1);
    slots[slot] = (tagOf(mixed) << RECORD_BITS) | (place + 1);
  }
  return { slots, records, texts, labels_max: labelsOf(within) };
}

function labelsOf(names: RuleLists): number {
  let most = 0;
  for (const name of names.keys()) most = Math.max(most, name.split('.').length);
  return most;
}
