// Reads the messages of other gateways, and says which of them are theirs, new, and told only now. What a message costs is bounded:
// one gateway has a share of messages, behind which it is not heard.
import type { KeyObject } from 'node:crypto';
import { newsKey } from './keys.js';
import { decodeNews, type News } from './news.js';
import { unseal } from './seal.js';
import type { SiteSecrets } from './secrets.js';
import { isAhead, TOLD_WITHIN_MS, toldAt } from './sequence.js';
import { isSignedBy, SIGNATURE_OCTETS } from './signature.js';

/** A gateway is heard so often at once, and then once in so many ms. */
const BURST = 10;
const EACH_MS = 500;
/** Older news are of no use, as after the reader was away. */
const AGE_MAX_MS = 60_000;

/**
 * `unreadable`: not sealed by a gateway of the site, or of another version. `stranger`: its gateway is not among those of the
 * configuration. `unsigned`: it is not by the gateway that it names. `replayed`: it has been read before. `stale`: it was made long
 * before it came, or it came long ago. `too-many`: the gateway has told more than its share.
 */
export const NEWS_REFUSALS = ['unreadable', 'stranger', 'unsigned', 'replayed', 'stale', 'too-many'] as const;
export type NewsRefusal = (typeof NEWS_REFUSALS)[number];

export type ReadNews =
  | { readonly kind: 'news'; readonly gateway: string; readonly news: readonly News[]; readonly age_ms: number }
  /** This gateway's own. */
  | { readonly kind: 'own' }
  | { readonly kind: 'refused'; readonly why: NewsRefusal; readonly gateway: string | undefined };

interface Heard {
  readonly key: KeyObject;
  sequence: number;
  /** When all that it has told would have been within its share, by the clock of the engine. */
  paid_ms: number;
}

export class NewsReader {
  readonly #secrets: SiteSecrets;
  readonly #own: string;
  readonly #gateways = new Map<string, Heard>();

  /** `keys`: the public keys of the gateways of the site. */
  constructor(secrets: SiteSecrets, own: string, keys: ReadonlyMap<string, KeyObject>) {
    this.#secrets = secrets;
    this.#own = own;
    for (const [gateway, key] of keys) this.#gateways.set(gateway, { key, sequence: -1, paid_ms: 0 });
  }

  /** `entry_ms`: the first half of the entry's id, which is when it came to the engine. Both times are by the engine's clock. */
  read(sealed: Uint8Array, entry_ms: number, engine_now_ms: number): ReadNews {
    const plain = unseal(this.#secrets, newsKey(this.#secrets.site), sealed);
    const body = plain?.subarray(SIGNATURE_OCTETS);
    const message = body && decodeNews(body);
    if (plain === undefined || body === undefined || message === undefined) return refused('unreadable', undefined);
    const { gateway, sequence, news } = message;
    if (gateway === this.#own) return { kind: 'own' };
    const heard = this.#gateways.get(gateway);
    if (heard === undefined) return refused('stranger', gateway);
    const told_ms = toldAt(sequence);
    if (Math.abs(entry_ms - told_ms) > TOLD_WITHIN_MS || engine_now_ms - entry_ms > AGE_MAX_MS) {
      return refused('stale', gateway);
    }
    if (sequence <= heard.sequence && !isAhead(heard.sequence, engine_now_ms)) return refused('replayed', gateway);
    if (isAhead(heard.sequence, engine_now_ms)) heard.paid_ms = 0;
    const paid_ms = Math.max(heard.paid_ms, engine_now_ms - BURST * EACH_MS) + EACH_MS;
    if (paid_ms > engine_now_ms) return refused('too-many', gateway);
    // Last, since it is the dearest.
    if (!isSignedBy(body, this.#secrets.site, plain.subarray(0, SIGNATURE_OCTETS), heard.key)) {
      return refused('unsigned', gateway);
    }
    heard.sequence = sequence;
    heard.paid_ms = paid_ms;
    return { kind: 'news', gateway, news, age_ms: Math.max(0, engine_now_ms - told_ms) };
  }
}

const refused = (why: NewsRefusal, gateway: string | undefined): ReadNews => ({ kind: 'refused', why, gateway });
