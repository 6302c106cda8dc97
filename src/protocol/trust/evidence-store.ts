// A bounded table of evidence by address: evidence is added, renewed and dropped one by one and expires, and the table
// notes which addresses have changed. The key is the address in the form for comparison (embedded-ipv4.ts). Pure: the time
// is an argument. It does not interpret the evidence: see blacklist.ts.
import { comparedAddress } from '../address/embedded-ipv4.js';
import type { Evidence, EvidenceKind } from './evidence.js';

export interface Held {
  readonly evidence: ReadonlyMap<string, Evidence>;
  /**
   * Until this time the address counts as a live server, because it has answered TLS for a name for which it was not
   * injected; 0: it does not.
   */
  readonly clearedUntil: number;
}

interface Holding extends Held {
  readonly evidence: Map<string, Evidence>;
  clearedUntil: number;
}

/**
 * Pieces of evidence against one address: as many as a probe gives. Beyond it the oldest is dropped, a weak one first, and none of
 * an operator. What other gateways say is not counted: site-words.ts has its bound.
 */
const EVIDENCE_MAX = 64;
/** What other gateways say finds room up to this part of the table. */
const HEARD_PART = 3 / 4;
/** Names of one address of which an operator may speak: half of the evidence is left to what is found. */
const SAID_MAX = EVIDENCE_MAX / 2;
/** Addresses of which an operator may speak, since they are not dropped for others. No more than half of the table. */
const SAID_ADDRESSES_MAX = 1024;

export class EvidenceStore {
  readonly #addresses_max: number;
  /** By address; the address whose evidence was renewed longest ago is first. No entry is without evidence. */
  readonly #held = new Map<string, Holding>();
  readonly #changed = new Set<string>();
  /** Evidence of an earlier run, which does not expire before `release`. */
  readonly #restored = new Set<Evidence>();
  /** Addresses with evidence of an operator. */
  readonly #said = new Set<string>();
  /** No evidence expires before this time. */
  #due = Number.POSITIVE_INFINITY;

  constructor(addresses_max: number) {
    this.#addresses_max = addresses_max;
  }

  get size(): number {
    return this.#held.size;
  }

  /** The evidence against an address; undefined when there is none. */
  get(address: string): Held | undefined {
    return this.#held.get(comparedAddress(address));
  }

  /** The evidence of the same kind, source and name against the address; undefined if there is none. */
  same(address: string, { how, by, name }: Pick<Evidence, 'how' | 'by' | 'name'>): Evidence | undefined {
    return this.get(address)?.evidence.get(keyOf(how, by, name));
  }

  /** Addresses with evidence of each kind; one with several kinds counts for each. */
  get kinds(): Readonly<Record<Exclude<EvidenceKind, 'static'>, number>> {
    const counts = { 'error-correction': 0, spoofing: 0, injection: 0, outcome: 0, operator: 0, site: 0, static: 0 };
    for (const { evidence } of this.#held.values()) {
      for (const how of new Set([...evidence.values()].map((one) => one.how))) counts[how] += 1;
    }
    const { static: _, ...kinds } = counts;
    return kinds;
  }

  addresses(): IterableIterator<string> {
    return this.#held.keys();
  }

  /** Whether there is room for one more piece of evidence of an operator against the address. */
  hasRoomToSay(given: string): boolean {
    const address = comparedAddress(given);
    const evidence = this.#held.get(address)?.evidence ?? new Map<string, Evidence>();
    if (this.#said.has(address)) return [...evidence.values()].filter(isSaid).length < SAID_MAX;
    return this.#said.size < Math.max(1, Math.min(SAID_ADDRESSES_MAX, this.#addresses_max / 2));
  }

  /** Whether there is room for a word of another gateway against the address: it displaces nothing. */
  hasRoomToHear(given: string): boolean {
    return this.#held.has(comparedAddress(given)) || this.#held.size < this.#addresses_max * HEARD_PART;
  }

  /** Adds evidence, in place of the same evidence. */
  put(given: string, evidence: Evidence): void {
    const address = comparedAddress(given);
    const known = this.#held.get(address);
    const held = known ?? { evidence: new Map<string, Evidence>(), clearedUntil: 0 };
    // Evidence that clients run into, or that a forger causes, gets half of the table: it must not displace probed evidence.
    const isNewWeak = isWeak(evidence) && !isHeard(evidence) && held.evidence.size === 0;
    if (isNewWeak && this.#held.size >= this.#addresses_max / 2) {
      const oldest = this.#oldestOf(isHeard) ?? this.#oldestOf(isWeak);
      if (oldest === undefined) return;
      this.dropAll(oldest);
    }
    const key = keyOf(evidence.how, evidence.by, evidence.name);
    // Deleted and set again, to be last in the order of both maps.
    held.evidence.delete(key);
    held.evidence.set(key, evidence);
    // What another gateway says keeps no address in the table for longer than what is found here.
    if (!isHeard(evidence)) this.#held.delete(address);
    this.#held.set(address, held);
    if (isSaid(evidence)) this.#said.add(address);
    this.#keepBound(held);
    if (this.#held.size > this.#addresses_max) this.#dropOldest();
    this.#due = Math.min(this.#due, evidence.expires);
    this.#changed.add(address);
  }

  /** Drops the oldest piece against an address that has too many, a weak one first. */
  #keepBound({ evidence }: Holding): void {
    if (evidence.size <= EVIDENCE_MAX) return;
    const found = [...evidence].filter(([, one]) => !isHeard(one));
    if (found.length <= EVIDENCE_MAX) return;
    const [first] =
      found.find(([, one]) => isWeak(one)) ?? (found.find(([, one]) => !isSaid(one)) as (typeof found)[0]);
    evidence.delete(first);
  }

  /** Adds evidence that does not expire before `release`. */
  restore(address: string, evidence: Evidence): void {
    this.#restored.add(evidence);
    this.put(address, evidence);
  }

  /** Lets restored evidence expire by its own time, from `now` on. */
  release(now: number): void {
    this.#restored.clear();
    this.#due = 0;
    this.expire(now);
  }

  /** Counts the address as a live server until `until`; only an address with evidence is noted. */
  clear(given: string, until: number): void {
    const address = comparedAddress(given);
    const held = this.#held.get(address);
    if (held === undefined) return;
    held.clearedUntil = until;
    this.#due = Math.min(this.#due, until);
    this.#changed.add(address);
  }

  /** Drops expired evidence. Cheap while there is none. */
  expire(now: number): void {
    if (now < this.#due) return;
    this.#due = Number.POSITIVE_INFINITY;
    for (const [address, held] of [...this.#held]) {
      this.drop(address, (evidence) => evidence.expires <= now && !this.#restored.has(evidence));
      if (held.clearedUntil > 0 && held.clearedUntil <= now) {
        held.clearedUntil = 0;
        this.#changed.add(address);
      }
      for (const evidence of held.evidence.values()) {
        if (!this.#restored.has(evidence)) this.#due = Math.min(this.#due, evidence.expires);
      }
      if (held.clearedUntil > 0) this.#due = Math.min(this.#due, held.clearedUntil);
    }
  }

  /** Addresses that have changed since the last call. */
  takeChanged(): string[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  /** Drops all evidence against an address. False if there was none. */
  dropAll(address: string): boolean {
    return this.drop(address, () => true);
  }

  /** Drops the evidence against an address that `which` selects. False if there was none. */
  drop(given: string, which: (evidence: Evidence) => boolean): boolean {
    const address = comparedAddress(given);
    const held = this.#held.get(address);
    if (held === undefined) return false;
    const before = held.evidence.size;
    for (const [key, evidence] of held.evidence) {
      if (!which(evidence)) continue;
      held.evidence.delete(key);
      this.#restored.delete(evidence);
    }
    if (held.evidence.size === before) return false;
    if (held.evidence.size === 0) this.#held.delete(address);
    if (this.#said.has(address) && ![...held.evidence.values()].some(isSaid)) this.#said.delete(address);
    this.#changed.add(address);
    return true;
  }

  /** Of those that no operator has spoken of, which are no more than half of the table. */
  #dropOldest(): void {
    const heard = this.#oldestOf(isHeard);
    if (heard !== undefined) {
      this.dropAll(heard);
      return;
    }
    for (const [address, held] of this.#held) {
      if (!this.#said.has(address)) {
        this.dropAll(address);
        return;
      }
      // To the end, so that nobody looks at it again soon.
      this.#held.delete(address);
      this.#held.set(address, held);
    }
  }

  /** The address of which all evidence is such, for the longest time; undefined for none. */
  #oldestOf(isSuch: (evidence: Evidence) => boolean): string | undefined {
    for (const [address, { evidence }] of this.#held) {
      if ([...evidence.values()].every(isSuch)) return address;
    }
    return undefined;
  }
}

/** Whether anybody on the network can cause such evidence. */
function isWeak({ how }: Evidence): boolean {
  return how === 'outcome' || how === 'injection' || how === 'site';
}

/** Whether another gateway says so. */
const isHeard = ({ how }: Evidence): boolean => how === 'site';

const isSaid = ({ how }: Evidence): boolean => how === 'operator';

function keyOf(how: EvidenceKind, by: string, name: string | undefined): string {
  return `${how} ${by} ${name ?? ''}`;
}
