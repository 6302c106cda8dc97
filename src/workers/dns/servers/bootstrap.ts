// Finds the addresses of servers that are configured by name: hosts files, then the machine's own resolver. The same for the
// first proxies of lines. A wrong address does no harm to a server whose certificate is verified. Not for lookups.
import { isIP } from 'node:net';
import { withoutDot } from '../../../protocol/address/host-name.js';
import { promised } from '../ask/exchange.js';
import { CREDULOUS } from '../ask/judge.js';
import { askWhole, type PairOutcome } from '../lookup/pair.js';
import type { Hosts } from '../machine/hosts.js';
import type { Server } from '../transports/configured-server.js';
import type { Bootstrap } from '../transports/dial.js';

interface Found {
  readonly addresses: readonly string[];
  readonly until_ms: number;
}

interface BootstrapParts {
  readonly hosts: Hosts;
  readonly system: Server;
  readonly timeout_ms: number;
  readonly now: () => number;
}

/** As many names as there may be servers and proxies. */
const NAMES_MAX = 1024;
const KEPT_MS = 60_000;

/** A `lookup` function for node:net. An address that was found once serves on when the name is not found any more. */
export function makeBootstrap({ hosts, system, timeout_ms, now }: BootstrapParts): Bootstrap {
  const found = new Map<string, Found>();

  async function addressesOf(name: string): Promise<readonly string[]> {
    const known = hosts.lookup(withoutDot(name));
    if (known !== undefined) return known;
    const kept = found.get(name);
    if (kept === undefined) return ask(name);
    if (kept.until_ms <= now()) {
      // The caller does not wait for the renewal: the machine's resolver may be silent, and the address still right.
      found.set(name, { ...kept, until_ms: now() + KEPT_MS });
      void ask(name);
    }
    return kept.addresses;
  }

  async function ask(name: string): Promise<readonly string[]> {
    const types = ['AAAA', 'A'] as const;
    const asking = { servers: [system], types, way: 'usual', judge: CREDULOUS, timeout_ms } as const;
    const outcome = await promised<PairOutcome>((hear) => askWhole(name, asking, hear)).outcome;
    if (outcome.kind !== 'found') return [];
    const addresses = outcome.parts.flatMap((part) => part.addresses);
    if (found.size < NAMES_MAX || found.has(name)) found.set(name, { addresses, until_ms: now() + KEPT_MS });
    return addresses;
  }

  return (name, { all, family }, done) => {
    void addressesOf(name).then((addresses) => {
      const fitting = addresses.filter((address) => !family || family === isIP(address));
      const [first] = fitting;
      // With an empty list node:net would report a wrong call.
      if (first === undefined) done(Object.assign(new Error(`${name} was not found`), { code: 'ENOTFOUND' }), []);
      else if (all)
        done(
          null,
          fitting.map((address) => ({ address, family: isIP(address) })),
        );
      else done(null, first, isIP(first));
    });
  };
}
