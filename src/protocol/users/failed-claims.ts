// Which claims of each client were wrong of late: what a further one costs it, and when none is judged at all. A network of
// several addresses, a /64 of IPv6, has a bound of its own: one address does not shut out its neighbours, and a client that
// changes its address does not escape.
// A wrong claim that is repeated, as by a client with an old password, counts once. The memory is bounded. Time is an argument.
import { LRUCache } from 'lru-cache';

/** Wrong claims of one address that are judged in a row; after them, one in FORGET_MS. */
const BURST = 20;
/** The same of all addresses of a network. */
const BURST_OF_NETWORK = 80;
/** One wrong claim is forgotten in this time. */
const FORGET_MS = 6000;
/** The addresses, and the networks of several, with the latest wrong claims. */
const ORIGINS_MAX = 10_000;
/** The last wrong claims of an address that are known again. */
const REPEATED_MAX = 4;
/** The answer to a first wrong claim is held back for this time, the next one for twice as long. */
const DELAY_FIRST_MS = 250;
const DELAY_MAX_MS = 4000;

/** From where a claim comes: texts, which are equal where the network is one address. */
export interface Origin {
  readonly client: string;
  readonly network: string;
}

interface Failures {
  /** At `at`; one less every FORGET_MS. */
  count: number;
  at: number;
  /** Digests. */
  readonly last: string[];
}

export class FailedClaims {
  readonly #origins: LRUCache<string, Failures>;

  constructor(origins_max = ORIGINS_MAX) {
    this.#origins = new LRUCache({ max: origins_max });
  }

  /** For how many ms no claim from there is judged; 0 if the next one is. `now` in ms. */
  closedFor({ client, network }: Origin, now: number): number {
    const own = this.#excess(client, BURST, now);
    const ofNetwork = client === network ? 0 : this.#excess(network, BURST_OF_NETWORK, now);
    return Math.ceil(Math.max(0, own, ofNetwork) * FORGET_MS);
  }

  #excess(origin: string, burst: number, now: number): number {
    return countOf(this.#origins.get(origin), now) + 1 - burst;
  }

  /** For how many ms the answer to a claim that was wrong before is held back; undefined if it is not known to be wrong. */
  repeated({ client }: Origin, digest: string, now: number): number | undefined {
    const failures = this.#origins.get(client);
    return failures?.last.includes(digest) ? delayOf(countOf(failures, now)) : undefined;
  }

  /** A claim from there was wrong. Returns for how many ms the answer is held back. */
  failed({ client, network }: Origin, digest: string, now: number): number {
    if (client !== network) this.#count(network, digest, now);
    return delayOf(this.#count(client, digest, now));
  }

  #count(origin: string, digest: string, now: number): number {
    const known = this.#origins.get(origin);
    const count = countOf(known, now) + 1;
    this.#origins.set(origin, { count, at: now, last: [digest, ...(known?.last ?? [])].slice(0, REPEATED_MAX) });
    return count;
  }

  /** Users have changed: what was wrong may be right by now. */
  forgetRepeated(): void {
    for (const { last } of this.#origins.values()) last.length = 0;
  }
}

function countOf(failures: Failures | undefined, now: number): number {
  return failures === undefined ? 0 : Math.max(0, failures.count - (now - failures.at) / FORGET_MS);
}

function delayOf(count: number): number {
  return Math.min(DELAY_MAX_MS, DELAY_FIRST_MS * 2 ** Math.max(0, Math.ceil(count) - 1));
}
