// A test of the gateway, run with both engines. At its end all that the test has taken is closed, the gateway last, which
// must hold nothing then. If the test fails, the gateway's output is shown.
import { after, test } from 'node:test';
import { type EngineName, Gateway } from './gateway.js';
import { withoutUring } from './uring.js';

interface Closable {
  close(): unknown;
}

/** Gateways that a test leaves to the next one, by engine and configuration. */
const shared = new Map<string, Promise<Gateway>>();

after(async () => {
  for (const gateway of shared.values()) await (await gateway).stop();
});

export class World {
  readonly engine: EngineName;
  readonly #own: Gateway[] = [];
  readonly #borrowed = new Map<string, Gateway>();
  readonly #taken: Closable[] = [];
  #aborted = false;

  constructor(engine: EngineName) {
    this.engine = engine;
  }

  /** Starts a gateway for this test alone. */
  async gateway(config: object = {}, args: readonly string[] = []): Promise<Gateway> {
    // Owned before it listens, so that it is ended also if it does not listen in time.
    const gateway = this.own(Gateway.begin(config, this.engine, args));
    await gateway.listens();
    return gateway;
  }

  /** Takes over a gateway that the test has started itself; it is stopped at the end. */
  own(gateway: Gateway): Gateway {
    this.#own.push(gateway);
    // A test that has exceeded its time still goes on.
    if (this.#aborted) void gateway.kill();
    return gateway;
  }

  /** A gateway that other tests of the file may use as well, which saves its start. */
  async shared(config: object = {}): Promise<Gateway> {
    const key = `${this.engine} ${JSON.stringify(config)}`;
    const starting = shared.get(key) ?? Gateway.start(config, this.engine);
    shared.set(key, starting);
    // One that did not start is started again by the next test.
    starting.catch(() => shared.delete(key));
    const gateway = await starting;
    this.#borrowed.set(key, gateway);
    return gateway;
  }

  /** Closes `thing` at the end of the test. */
  use<Thing extends Closable>(thing: Thing): Thing {
    this.#taken.push(thing);
    return thing;
  }

  async #giveBack(): Promise<void> {
    for (let thing = this.#taken.pop(); thing !== undefined; thing = this.#taken.pop()) await thing.close();
  }

  async end(): Promise<void> {
    await this.#giveBack();
    for (const gateway of this.#borrowed.values()) await gateway.idle();
    for (const gateway of this.#own) if (gateway.exit === undefined) await gateway.stop();
  }

  /** Ends a test that has failed. */
  async abort(): Promise<void> {
    this.#aborted = true;
    await this.#giveBack();
    for (const gateway of [...this.#own, ...this.#borrowed.values()]) {
      process.stderr.write(gateway.output);
      if (gateway.exit === undefined) await gateway.kill();
    }
    for (const key of this.#borrowed.keys()) shared.delete(key);
  }
}

/** Defines one test for each engine, each bounded by `timeout_ms`. `missing` says why it cannot run here. */
export function inBothEngines(
  behaviour: string,
  body: (world: World) => Promise<void>,
  timeout_ms = 30_000,
  missing?: string,
): void {
  for (const engine of ['uring', 'epoll'] as const) {
    const noUring = engine === 'uring' && withoutUring !== undefined ? `no io_uring here: ${withoutUring}` : undefined;
    const skip = missing ?? noUring ?? false;
    // Made here, so that its stack names the file of the test.
    const late = new Error(`not done within ${timeout_ms} ms`);
    test(`${behaviour} (${engine})`, { skip }, () => run(new World(engine), body, timeout_ms, late));
  }
}

/** Has its own time-out: the runner's would leave the gateway running. */
async function run(
  world: World,
  body: (world: World) => Promise<void>,
  timeout_ms: number,
  late: Error,
): Promise<void> {
  let overdue: NodeJS.Timeout | undefined;
  const isLate = new Promise<never>((_, reject) => {
    overdue = setTimeout(() => reject(late), timeout_ms);
  });
  try {
    await Promise.race([body(world).then(() => world.end()), isLate]);
  } catch (error) {
    await world.abort();
    throw error;
  } finally {
    clearTimeout(overdue);
  }
}
