// Gateways of one site that exchange news over one engine in memory, and what their actors are told. Each has a key to sign with; so has
// one that has been taken over (`Poison`).
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { LineEvent } from '../../src/protocol/lines/health/health.js';
import type { Notice } from '../../src/protocol/notices/notice.js';
import type { Configuration } from '../../src/protocol/options.js';
import { newsKey } from '../../src/protocol/share/keys.js';
import { lineId } from '../../src/protocol/share/line-ids.js';
import type { News } from '../../src/protocol/share/news.js';
import { NewsTeller } from '../../src/protocol/share/news-teller.js';
import { siteSecrets } from '../../src/protocol/share/secrets.js';
import { publicText } from '../../src/protocol/share/signature.js';
import type { SiteRetraction, SiteWord } from '../../src/protocol/trust/site-words.js';
import { NewsRoom } from '../../src/workers/share/news/room.js';
import { write } from '../../src/workers/share/news/stream.js';
import type { Site } from '../../src/workers/share/shared/site.js';
import type { MemoryEngine } from './memory-engine.js';
import { shareOptions, siteOf } from './share-site.js';
import { until } from './until.js';

export const GATEWAY_NAMES = ['alpha', 'beta', 'gamma', 'delta'] as const;
export type GatewayName = (typeof GATEWAY_NAMES)[number];

const newKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;
const KEYS: Readonly<Record<GatewayName, KeyObject>> = {
  ...{ alpha: newKey(), beta: newKey(), gamma: newKey(), delta: newKey() },
};
export const SITE_SECRET = Buffer.from('0123456789abcdef0123456789abcdef');
const SECRETS = siteSecrets(SITE_SECRET, 'main');

export const privatePem = (name: GatewayName): string => KEYS[name].export({ type: 'pkcs8', format: 'pem' }).toString();
export const siteGateways = GATEWAY_NAMES.map((name) => ({ name, key: publicText(KEYS[name]) }));

/** A line of every gateway of the site. */
export const down = (name: string): News => ({ kind: 'line-down', line: lineId(SECRETS, name) });

/** All gateways with one engine: their clocks go together. */
const beside = new WeakMap<MemoryEngine, readonly NewsGateway[]>();

/** A gateway with the three lines of share-site.ts, and what its actors are told. */
export class NewsGateway {
  readonly events: LineEvent[] = [];
  readonly words: SiteWord[] = [];
  readonly retractions: SiteRetraction[] = [];
  readonly notices: Notice[] = [];
  readonly room: NewsRoom;
  options: Configuration;
  /** Its clock has nothing to do with that of the engine. */
  now = 5000;
  present: Site | undefined;
  readonly #engine: MemoryEngine;

  /** `first`: the number of its first line. */
  constructor(engine: MemoryEngine, name: GatewayName, first = 0) {
    beside.set(engine, [...(beside.get(engine) ?? []), this]);
    this.#engine = engine;
    this.present = siteOf(engine, name);
    const options = shareOptions({ first });
    const sign_key_file = { path: 'key.pem', secret: privatePem(name) };
    this.options = { ...options, share: { ...options.share, gateways: siteGateways, sign_key_file } };
    this.room = new NewsRoom({
      ...{ options: () => this.options, site: () => this.present, now: () => this.now },
      routes: () => ({ report: async (_actor, _routes, lines) => void this.events.push(...lines) }),
      names: () => ({
        siteSays: async (words, retractions) => {
          this.words.push(...words);
          this.retractions.push(...retractions);
        },
      }),
      tell: (notice) => void this.notices.push(notice),
    });
  }

  /** One round a second later, to its end. */
  async round(): Promise<void> {
    this.#engine.now += 1000;
    for (const gateway of beside.get(this.#engine) ?? []) gateway.now += 1000;
    this.room.beat();
    await until('the round is over', () => !this.room.isUnderWay);
  }

  /** One of its lines fails: its proxy cannot be reached. */
  fails(line: number): void {
    this.room.routesChanged([], new Array<LineEvent>(3).fill({ kind: 'proxy-failed', line }));
  }

  works(line: number): void {
    this.room.routesChanged(
      [],
      [
        { kind: 'proxy-reached', line },
        { kind: 'works', line, near: false, ago_ms: 0 },
      ],
    );
  }
}

/** Writes what it likes, with the secret of the site and the key of a gateway. */
export class Poison {
  readonly #engine: MemoryEngine;
  readonly #teller: NewsTeller;

  constructor(engine: MemoryEngine, name: GatewayName) {
    this.#engine = engine;
    this.#teller = new NewsTeller(SECRETS, name, KEYS[name]);
  }

  /** Returns the entry's value. */
  async tell(...news: readonly News[]): Promise<Buffer> {
    const sealed = this.#teller.tell(news, this.#engine.now, randomBytes(12));
    await this.put(sealed);
    return sealed;
  }

  /** Any bytes. */
  async put(value: Buffer): Promise<void> {
    await this.#engine.ask([...write(newsKey('main'), value)]);
  }
}
