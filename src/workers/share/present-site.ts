// The site to which this gateway belongs now. Another one takes its place where a reload names another engine, site, secret or
// gateway; what it has to do with the earlier one ends.
import type { Options } from '../../protocol/options.js';
import { siteSecrets } from '../../protocol/share/secrets.js';
import type { ShareOptions } from '../../protocol/share-options.js';
import type { Engine } from './engine/engine.js';
import type { Site, Writes } from './shared/site.js';

/** Keys by which a site is another one, or another way to it. */
const OWN = ['site', 'gateway', 'secret_file'] as const;
const WAYS = [
  ...(['url', 'kind', 'sentinel_name', 'username', 'password_file'] as const),
  ...(['ca_file', 'cert_file', 'key_file', 'tls_name'] as const),
];

export interface OpenedEngine {
  readonly engine: Engine;
  readonly writes: Writes;
}

export class PresentSite {
  readonly #open: (share: ShareOptions) => OpenedEngine;
  readonly #lastWords: (site: Site) => Promise<unknown>;
  #site: Site | undefined;
  /** What makes the site what it is, as text. */
  #identity = '';
  /** Sites that are being left. */
  readonly #leaving = new Set<Promise<void>>();

  /** `open` begins to connect, and returns at once. `lastWords` settles soon; then the engine is left. */
  constructor(open: (share: ShareOptions) => OpenedEngine, lastWords: (site: Site) => Promise<unknown>) {
    this.#open = open;
    this.#lastWords = lastWords;
  }

  /** Undefined where nothing is shared. */
  get site(): Site | undefined {
    return this.#site;
  }

  configure({ share }: Pick<Options, 'share'>): void {
    const identity = JSON.stringify([...OWN, ...WAYS].map((key) => share[key]));
    if (identity === this.#identity) return;
    this.#identity = identity;
    this.#leave();
    if (share.url === null || share.secret_file === null) return;
    const secrets = siteSecrets(Buffer.from(share.secret_file.secret), share.site);
    this.#site = { gateway: share.gateway, secrets, ...this.#open(share) };
  }

  #leave(): void {
    const site = this.#site;
    this.#site = undefined;
    if (site === undefined) return;
    const left = this.#takeLeave(site).finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
  }

  async #takeLeave(site: Site): Promise<void> {
    site.writes.close();
    await this.#lastWords(site);
    await site.engine.close();
  }

  async close(): Promise<void> {
    this.#leave();
    await Promise.all(this.#leaving);
  }
}
