// Which claims of each client network were wrong of late: what a further one costs the client, and when none is judged at all.
// A wrong claim that is repeated, as by a client with an old password, counts once. The memory is bounded. Time is an argument.
import { LRUCache } from 'lru-cache';

/** Wrong claims of one network that are judged in a row; after them, one in FORGET_MS. */
const BURST = 20;
/** One wrong claim is forgotten in this time. */
const FORGET_MS = 6000;
/** The networks with the latest wrong claims. */
const NETWORKS_MAX = 10_000;
/** The last wrong claims of a network that are known again. */
const REPEATED_MAX = 4;
/** The answer to a first wrong claim is held back for this time, the next one for twice as long. */
const DELAY_FIRST_MS = 250;
const DELAY_MAX_MS = 4000;

interface Failures {
  /** At `at`; one less every FORGET_MS. */
  count: number;
  at: number;
  /** Digests. */
  readonly last: string[];
}

export class FailedClaims {
  readonly #networks: LRUCache<string, Failures>;

  constructor(networks_max = NETWORKS_MAX) {
    this.#networks = new LRUCache({ max: networks_max });
  }

  /** For how many ms no claim of the network is judged; 0 if the next one is. `now` in ms. */
  closedFor(network: string, now: number): number {
    return Math.ceil(Math.max(0, countOf(this.#networks.get(network), now) + 1 - BURST) * FORGET_MS);
  }

  /** For how many ms the answer to a claim that was wrong before is held back; undefined if it is not known to be wrong. */
  repeated(network: string, digest: string, now: number): number | undefined {
    const failures = this.#networks.get(network);
    return failures?.last.includes(digest) ? delayOf(countOf(failures, now)) : undefined;
  }

  /** A claim of the network was wrong. Returns for how many ms the answer is held back. */
  failed(network: string, digest: string, now: number): number {
    const known = this.#networks.get(network);
    const count = countOf(known, now) + 1;
    this.#networks.set(network, { count, at: now, last: [digest, ...(known?.last ?? [])].slice(0, REPEATED_MAX) });
    return delayOf(count);
  }

  /** Users have changed: what was wrong may be right by now. */
  forgetRepeated(): void {
    for (const { last } of this.#networks.values()) last.length = 0;
  }
}

function countOf(failures: Failures | undefined, now: number): number {
  return failures === undefined ? 0 : Math.max(0, failures.count - (now - failures.at) / FORGET_MS);
}

function delayOf(count: number): number {
  return Math.min(DELAY_MAX_MS, DELAY_FIRST_MS * 2 ** Math.max(0, Math.ceil(count) - 1));
}
