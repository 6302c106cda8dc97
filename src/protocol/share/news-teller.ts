// Makes the messages by which a gateway tells its news: numbered, signed by the gateway, and sealed for the site.
import type { KeyObject } from 'node:crypto';
import { newsKey } from './keys.js';
import { encodeNews, type News } from './news.js';
import { seal } from './seal.js';
import type { SiteSecrets } from './secrets.js';
import { nextSequence } from './sequence.js';
import { signed } from './signature.js';

export class NewsTeller {
  readonly #secrets: SiteSecrets;
  readonly #gateway: string;
  readonly #key: KeyObject;
  #sequence: number | undefined;

  /** `key`: the private key of the gateway. */
  constructor(secrets: SiteSecrets, gateway: string, key: KeyObject) {
    this.#secrets = secrets;
    this.#gateway = gateway;
    this.#key = key;
  }

  /** The value of an entry of the stream. `news`: NEWS_AT_ONCE at most. */
  tell(news: readonly News[], engine_now_ms: number, nonce: Uint8Array): Buffer {
    this.#sequence = nextSequence(this.#sequence, engine_now_ms);
    const body = encodeNews({ gateway: this.#gateway, sequence: this.#sequence, news });
    const { site } = this.#secrets;
    return seal(this.#secrets, newsKey(site), Buffer.concat([signed(body, site, this.#key), body]), nonce);
  }
}
