// A gateway of a site that has been taken over: it has the secret of the site, a key that the others believe, and the engine, and writes
// what harms most. Over a real engine.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { idOf, newsKey, routeKeys } from '../../src/protocol/share/keys.js';
import { lineId } from '../../src/protocol/share/line-ids.js';
import type { News } from '../../src/protocol/share/news.js';
import { NewsTeller } from '../../src/protocol/share/news-teller.js';
import { sealRoute } from '../../src/protocol/share/route-value.js';
import { type SiteSecrets, siteSecrets } from '../../src/protocol/share/secrets.js';
import { publicText } from '../../src/protocol/share/signature.js';
import type { Command, Engine } from '../../src/workers/share/engine/engine.js';
import { timeOf, write } from '../../src/workers/share/news/stream.js';
import { openEngine } from '../../src/workers/share/open-engine.js';
import { defaultOptions } from './default-options.js';

const WITHIN_MS = 5000;
const { privateKey } = generateKeyPairSync('ed25519');

/** What it is to do harm with. */
export interface Aims {
  /** Keys of destinations (destination-key.ts), with a name and an address of each. */
  readonly destinations: readonly { readonly key: string; readonly name: string; readonly address: Uint8Array }[];
  /** The line that it praises, and those of which it says that they are down. */
  readonly praised: string;
  readonly down: readonly string[];
}

export class Poison {
  /** As `share.gateways` has it. */
  static readonly publicKey = publicText(privateKey);
  /** Of the gateway in whose name it speaks, too, and whose private key nobody has. */
  static readonly forgedKey = publicText(generateKeyPairSync('ed25519').privateKey);
  readonly #name: string;
  readonly #secrets: SiteSecrets;
  readonly #engine: Engine;
  readonly #teller: NewsTeller;
  /** In the name of another gateway, of which it does not have the key. */
  readonly #forger: NewsTeller;
  #last: Buffer = Buffer.alloc(0);

  /** `port`: of a Redis on loopback. `forged`: the gateway in whose name it speaks, too. */
  constructor(port: number, secret: string, name: string, forged: string) {
    const { share } = defaultOptions();
    const place = { host: '127.0.0.1', port, tls: false, username: undefined, password: undefined, database: 0 };
    this.#engine = openEngine({ ...share, url: [{ kind: 'internet', ...place }] }, () => {}).engine;
    this.#name = name;
    this.#secrets = siteSecrets(Buffer.from(secret), 'main');
    this.#teller = new NewsTeller(this.#secrets, name, privateKey);
    this.#forger = new NewsTeller(this.#secrets, forged, privateKey);
  }

  /** Resolves once the engine is there. */
  ready(): Promise<void> {
    return new Promise((resolve) => this.#engine.onUp(resolve));
  }

  /** All of it once: false routes in every slot, false news, what was said before once more, and garbage. */
  async strike(aims: Aims): Promise<void> {
    const [time] = (await this.#engine.ask([['TIME']], WITHIN_MS)) ?? [];
    const now = timeOf(time);
    if (now === undefined) throw new Error('the engine does not tell its time');
    const key = newsKey(this.#secrets.site);
    const news = this.#news(aims);
    const said = this.#teller.tell(news, now, randomBytes(12));
    const forged = this.#forger.tell(news, now, randomBytes(12));
    const damaged = Buffer.from(said);
    damaged[damaged.length - 1] ^= 1;
    const entries = [said, said, this.#last, forged, damaged, Buffer.alloc(0), randomBytes(3000)];
    this.#last = said;
    await this.#engine.ask([...this.#routes(aims), ...entries.flatMap((entry) => write(key, entry))], WITHIN_MS);
  }

  /** False routes in every slot, and nothing else. */
  async tellRoutes(aims: Aims): Promise<void> {
    await this.#engine.ask(this.#routes(aims), WITHIN_MS);
  }

  #news({ destinations, down }: Aims): readonly News[] {
    const lines = down.map((name): News => ({ kind: 'line-down', line: lineId(this.#secrets, name) }));
    const addresses = destinations.map(
      ({ name, address }): News => ({ kind: 'bad-address', address, name, how: 'spoofing', for_s: 600 }),
    );
    return [...lines, ...addresses].slice(0, 8);
  }

  #routes({ destinations, praised, down }: Aims): readonly Command[] {
    const { site } = this.#secrets;
    const line = lineId(this.#secrets, praised);
    const mute = down.map((name) => lineId(this.#secrets, name));
    return destinations.flatMap(({ key: destination, address: ip }) =>
      routeKeys(site, idOf(this.#secrets, destination)).map((key): Command => {
        const route = { gateway: this.#name, line, ip, connect_ms: 60_000, first_byte_ms: 1, mute };
        return ['SET', key, sealRoute(this.#secrets, key, route, 600, randomBytes(12)), 'PX', '600000'];
      }),
    );
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }
}
