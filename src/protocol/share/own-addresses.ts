// What this gateway says to the others of addresses: that it has found one to be false for a name, or that its connections to one fail.
// What an operator or other gateways say it does not say on. It is said again while it holds, and taken back when it does not.
// Pure: times are in ms since the epoch, as those of the evidence.
import { parseIp } from '../address/address.js';
import type { BadAddressChange, Verdict } from '../trust/evidence.js';
import { SITE_WORD_MS_MAX } from '../trust/site-words.js';
import type { News, ToldEvidence } from './news.js';

/** Words that are kept to be said: as many as others keep of one gateway. The oldest is dropped for a further one. */
const WORDS_MAX = 256;
/** Addresses of which something is to be taken back. */
const RETRACTIONS_MAX = 256;
/** Others have forgotten it by twice this time. */
const AGAIN_MS = SITE_WORD_MS_MAX / 2;
/** What is over by the time that it is read is not worth a word. */
const LEFT_MIN_MS = 1000;

interface Word {
  readonly address: string;
  readonly name: string;
  how: ToldEvidence;
  expires: number;
  /** When it was said last. */
  said: number;
}

export class OwnAddresses {
  /** By address and name, in the order in which they were found. */
  readonly #words = new Map<string, Word>();
  readonly #retractions = new Set<string>();

  /** What the DNS actor tells its replicas. `whole`: all that it knows; what it does not contain is not known any more. */
  changed(changes: readonly BadAddressChange[], whole: boolean, now: number): void {
    if (whole) {
      const told = new Set(changes.map(({ address }) => address));
      for (const { address } of [...this.#words.values()]) if (!told.has(address)) this.#set(address, new Map(), now);
    }
    for (const { address, verdict } of changes) this.#set(address, foundBy(verdict), now, verdict?.expires);
  }

  #set(address: string, found: ReadonlyMap<string, ToldEvidence>, now: number, expires = now): void {
    const before = [...this.#words].filter(([, word]) => word.address === address);
    let isRetracted = false;
    for (const [key, word] of before) {
      if (found.has(word.name)) continue;
      this.#words.delete(key);
      isRetracted ||= word.said > Number.NEGATIVE_INFINITY && word.expires > now;
    }
    if (isRetracted) this.#retract(address);
    for (const [name, how] of found) {
      const key = `${address} ${name}`;
      const word = this.#words.get(key);
      // What is taken back, is so for all names: what still holds must be said again.
      const said = word === undefined || isRetracted || word.how !== how ? Number.NEGATIVE_INFINITY : word.said;
      this.#words.set(key, { address, name, how, expires, said });
    }
    for (const oldest of this.#words.keys()) {
      if (this.#words.size <= WORDS_MAX) break;
      this.#words.delete(oldest);
    }
  }

  #retract(address: string): void {
    this.#retractions.add(address);
    if (this.#retractions.size > RETRACTIONS_MAX)
      this.#retractions.delete(this.#retractions.keys().next().value as string);
  }

  /** What is to be said now, `most` news at most, which count as said. */
  due(most: number, now: number): News[] {
    const news: News[] = [];
    for (const text of this.#retractions) {
      if (news.length >= most) return news;
      this.#retractions.delete(text);
      const address = parseIp(text);
      if (address !== undefined) news.push({ kind: 'good-address', address });
    }
    for (const [key, word] of this.#words) {
      if (news.length >= most) return news;
      const left_ms = word.expires - now;
      if (left_ms < LEFT_MIN_MS) this.#words.delete(key);
      else if (now - word.said >= AGAIN_MS) {
        word.said = now;
        const address = parseIp(word.address);
        const for_s = Math.floor(Math.min(left_ms, SITE_WORD_MS_MAX) / 1000);
        if (address !== undefined) news.push({ kind: 'bad-address', address, name: word.name, how: word.how, for_s });
      }
    }
    return news;
  }

  /** What was said may not have come out: it is said again. */
  unsaid(): void {
    for (const word of this.#words.values()) word.said = Number.NEGATIVE_INFINITY;
  }
}

/** The names for which this gateway itself has found something. A name is no longer than 253 octets. */
function foundBy(verdict: Verdict | undefined): ReadonlyMap<string, ToldEvidence> {
  const found = new Map<string, ToldEvidence>();
  for (const name of verdict?.last ?? []) found.set(name, 'outcome');
  for (const name of verdict?.names ?? []) if (!verdict?.said?.includes(name)) found.set(name, 'injection');
  return found;
}
