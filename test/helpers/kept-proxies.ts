// Proxies for a gateway that the tests of a file share: made once for each engine, and closed after the last test. Each test
// has proxies of its own among them, and rules lead only its destinations there: no test meets what another has taught.
import { after } from 'node:test';
import type { EngineName } from './gateway.js';
import { TrickProxy } from './proxies-trick.js';

/** `count` proxies that work until a test gives them a trick. */
export function keptProxies(count: number): (engine: EngineName) => Promise<readonly TrickProxy[]> {
  const kept = new Map<EngineName, Promise<readonly TrickProxy[]>>();
  after(async () => {
    for (const proxies of kept.values()) for (const proxy of await proxies) await proxy.close();
  });
  return (engine) => {
    const proxies = kept.get(engine) ?? Promise.all(Array.from({ length: count }, () => TrickProxy.listen('works')));
    kept.set(engine, proxies);
    return proxies;
  };
}

/** The names that these lines have in a configuration, for the `use` of a rule. */
export const namesOf = (proxies: readonly TrickProxy[]): string[] =>
  proxies.map(({ port }) => `socks5 127.0.0.1:${port}`);
