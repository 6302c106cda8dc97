// What other gateways of the site say against addresses: how much of it is kept, and how many must agree. Each gateway has its own
// share of the room, so that what one says, however much, displaces nothing that others have said. Pure. What follows from
// it is decided in verdict.ts.

/** A word of another gateway; it has been shown that it is hers. */
export interface SiteWord {
  readonly gateway: string;
  /** Canonical. */
  readonly address: string;
  /** Normalised: the name for which it holds. */
  readonly name: string;
  /** Whether only her connections to the address fail. Else she has found that the address is forged. */
  readonly suspects: boolean;
  /** For how long it holds, in ms. */
  readonly for_ms: number;
}

/** That a gateway takes back what it has said of an address, for all names. */
export type SiteRetraction = Pick<SiteWord, 'gateway' | 'address'>;

/** However long a gateway's own evidence holds, others go by its word for so long: it tells it again meanwhile. */
export const SITE_WORD_MS_MAX = 600_000;
/** Words of one gateway, the most: more than a gateway finds of addresses in ten minutes. */
const OF_ONE_MAX = 256;
/** The part of the table of bad addresses that is left to words. */
const PART = 4;
/** Two gateways may be fooled by one network, or be in one pair of hands. */
const QUORUM_MIN = 3;

/** So many of `gateways` must have found that an address is bad. */
export const quorumOf = (gateways: number): number => Math.max(QUORUM_MIN, Math.ceil(gateways / 3));

/** A word by what it is about. */
type Topic = Pick<SiteWord, 'address' | 'name'>;

export class SiteWords {
  readonly #addresses_max: number;
  #gateways = 0;
  /** By gateway, and by what the word is about; the one that was said longest ago is first. */
  readonly #words = new Map<string, Map<string, Topic>>();

  /** `addresses_max`: of the table of bad addresses. */
  constructor(addresses_max: number) {
    this.#addresses_max = addresses_max;
  }

  /** The number of gateways in the configuration of the site. */
  set gateways(gateways: number) {
    this.#gateways = gateways;
  }

  get quorum(): number {
    return quorumOf(this.#gateways);
  }

  /** Words that one gateway may have. */
  get max(): number {
    const share = Math.floor(this.#addresses_max / PART / Math.max(1, this.#gateways));
    return Math.min(Math.max(1, share), OF_ONE_MAX);
  }

  /** Takes a word. Returns what the gateway has said that must go for it. */
  take({ gateway, address, name }: SiteWord): Topic[] {
    const words = this.#words.get(gateway) ?? new Map<string, Topic>();
    // Set again, to be the last: the first one may be no gateway of the site any more.
    this.#words.delete(gateway);
    this.#words.set(gateway, words);
    if (this.#words.size > this.#gateways + 1) this.#words.delete(this.#words.keys().next().value as string);
    const topic = `${address} ${name}`;
    words.delete(topic);
    words.set(topic, { address, name });
    const gone: Topic[] = [];
    for (const [oldest, word] of words) {
      if (words.size <= this.max) break;
      words.delete(oldest);
      gone.push(word);
    }
    return gone;
  }
}
