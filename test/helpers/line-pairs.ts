// One gateway for many scenarios with two lines each. A pair has proxies, an address and names of its own, and rules lead
// these destinations to the pair's lines only: no scenario meets what another one has taught the gateway.
import { after } from 'node:test';
import type { EngineName, Gateway } from './gateway.js';
import type { World } from './gateway-world.js';
import { TrickProxy } from './proxies-trick.js';

/** At least as many as the scenarios of a file. */
const PAIRS = 24;

export interface LinePair {
  readonly gateway: Gateway;
  /** In the order in which the gateway starts them. */
  readonly lines: readonly [TrickProxy, TrickProxy];
  /** The loopback address that only these lines lead to. */
  readonly host: string;
  /** The domain that only these lines lead to. */
  readonly domain: string;
}

type Free = Omit<LinePair, 'gateway'>;

interface Stage {
  readonly config: object;
  /** Pairs that no scenario has had. */
  readonly free: Free[];
}

const stages = new Map<EngineName, Promise<Stage>>();

after(async () => {
  for (const stage of stages.values()) {
    for (const { lines } of (await stage).free) for (const line of lines) await line.close();
  }
});

async function prepare(): Promise<Stage> {
  const pair = async (index: number): Promise<Free> => ({
    lines: [await TrickProxy.listen('works'), await TrickProxy.listen('works')],
    host: `127.0.1.${index + 1}`,
    domain: `pair-${index + 1}.test`,
  });
  const free = await Promise.all(Array.from({ length: PAIRS }, (_, index) => pair(index)));
  const rules = free.map(({ lines, host, domain }) => ({
    ...{ cidr: host, domain_suffix: domain },
    use: lines.map(({ port }) => `socks5 127.0.0.1:${port}`),
  }));
  const list = free.flatMap(({ lines }) => lines.map(({ line }) => line));
  return { config: { upstream: { type: 'multipath', list }, rules, log_level: 'debug' }, free };
}

/** A pair for this scenario alone, closed at its end, and the gateway that all scenarios of the file share. */
export async function linePair(world: World): Promise<LinePair> {
  const preparing = stages.get(world.engine) ?? prepare();
  stages.set(world.engine, preparing);
  const { config, free } = await preparing;
  const pair = free.shift();
  if (pair === undefined) throw new Error('more scenarios than pairs');
  for (const line of pair.lines) world.use(line);
  return { ...pair, gateway: await world.shared(config) };
}
