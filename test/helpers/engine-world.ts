// A client of an engine with what it tells, for tests against real servers. `engineTest` skips where there is no Redis, and checks
// that nothing is left.
import { type TestContext, test } from 'node:test';
import type { Notice } from '../../src/protocol/notices/notice.js';
import type { EnginePlace, ShareOptions } from '../../src/protocol/share-options.js';
import { connectEngine, type EngineParts } from '../../src/workers/share/engine/connect-engine.js';
import type { Command, Engine, Reply } from '../../src/workers/share/engine/engine.js';
import { nothingLeft } from './nothing-left.js';
import { type Redis, type RedisOptions, startRedis, whyNoRedis } from './redis.js';
import { RedisProxy, type Ways } from './redis-proxy.js';
import { until } from './until.js';

/** For an answer that comes. */
const LONG_MS = 10_000;

export class EngineWorld {
  readonly #ends: (() => Promise<void>)[] = [];
  /** What the engines of this world have told. */
  readonly told: Notice[] = [];

  async redis(options?: RedisOptions): Promise<Redis> {
    const redis = await startRedis(options);
    this.#ends.unshift(() => redis.stop());
    return redis;
  }

  async proxy(to: number | string, ways?: Ways): Promise<RedisProxy> {
    const proxy = await RedisProxy.start(to, ways);
    this.#ends.unshift(() => proxy.close());
    return proxy;
  }

  engine(places: readonly EnginePlace[], options: Partial<ShareOptions> = {}, beat_ms?: number): Engine {
    const parts: EngineParts = {
      now: () => performance.now(),
      random: () => 0,
      tell: (notice) => void this.told.push(notice),
    };
    const engine = connectEngine(shareWith({ url: places, ...options }), parts, beat_ms);
    this.#ends.unshift(() => engine.close());
    return engine;
  }

  /** One that is up. */
  async up(places: readonly EnginePlace[], options?: Partial<ShareOptions>, beat_ms?: number): Promise<Engine> {
    const engine = this.engine(places, options, beat_ms);
    await isUp(engine);
    return engine;
  }

  async end(): Promise<void> {
    for (const end of this.#ends) await end();
  }
}

export function engineTest(behaviour: string, body: (world: EngineWorld, context: TestContext) => Promise<void>): void {
  test(behaviour, { skip: whyNoRedis() ?? false, timeout: 60_000 }, async (context) => {
    const world = new EngineWorld();
    try {
      await body(world, context);
    } finally {
      await world.end();
    }
    await nothingLeft(/^(ProcessWrap|TCPSocketWrap|TCPServerWrap|TLSWrap|Timeout)$/);
  });
}

/** Shares nothing but what is given. */
export function shareWith(options: Partial<ShareOptions>): ShareOptions {
  return {
    ...{ url: null, kind: 'single', sentinel_name: null, username: null, password_file: null, ca_file: null },
    ...{ cert_file: null, key_file: null, tls_name: null, site: 'main', gateway: 'a', secret_file: null },
    ...{ sign_key_file: null, gateways: [], routes: true, news: true, limits: false, on_loss: 'local-share' },
    ...options,
  };
}

export function at(port: number, more: { tls?: boolean; host?: string } & Partial<EnginePlace> = {}): EnginePlace {
  const { tls = false, host = '127.0.0.1', username, password, database = 0 } = more;
  return { kind: 'internet', host, port, tls, username, password, database };
}

export const isUp = (engine: Engine): Promise<void> =>
  until(`the engine is up, and not: ${engine.status.detail}`, () => engine.isUp);

export const isDown = (engine: Engine): Promise<void> => until('the engine is away', () => !engine.isUp);

/** The replies to commands that are answered. */
export async function replies(engine: Engine, ...commands: readonly Command[]): Promise<readonly Reply[]> {
  const got = await engine.ask(commands, LONG_MS);
  if (got === undefined) throw new Error(`no answer: ${JSON.stringify(engine.status)}`);
  return got;
}
