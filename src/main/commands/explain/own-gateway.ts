// The gateway that `tcproute explain` runs for itself: as the real one, but for one client, and with copies of its state files, of
// which it has only what matters to the target. It does not write to those files.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readState } from '../../../files/state-file.js';
import { formatEndpoint } from '../../../protocol/address/address.js';
import type { Target } from '../../../protocol/address/target.js';
import { USAGE_OCTETS_MAX } from '../../../protocol/budget/usage.js';
import { loopbackListener } from '../../../protocol/listen-options.js';
import type { Configuration, Options } from '../../../protocol/options.js';
import { BULK, udpKey } from '../../../protocol/routes/destination-key.js';
import { encodeRoutes, parseRoutes, ROUTES_OCTETS_MAX } from '../../../protocol/routes/snapshot.js';
import { SNAPSHOT_OCTETS_MAX } from '../../../protocol/trust/snapshot.js';
import type { Said } from './said.js';

/**
 * The options of a gateway for one connection, which is none of its site: it has the name of the one that runs. The short half-closed timeout ends the connection with its client: failed TLS
 * ends without a reset. At level debug the gateway notes the first byte even if there is no choice of candidates.
 */
export function ownOptions(asked: Configuration): Configuration {
  // Its client is nobody.
  const own = { ...asked, users: undefined, share: { ...asked.share, url: null } };
  return { ...own, log_level: 'debug', listen: [loopbackListener(0)], workers: 1, half_closed_timeout_ms: 1 };
}

/**
 * Copies the state files into `folder`, of the routes only those to the target, and returns options that use the copies. `live`: the
 * routes of the gateway that runs, which go before their file; undefined where it does not tell them.
 */
export async function remembered(
  { cache, dns, race, lines, budget_state_file }: Options,
  live: string | undefined,
  target: Target,
  folder: string,
  said: Said,
): Promise<Pick<Options, 'cache' | 'dns' | 'race' | 'budget_state_file'>> {
  const routes_file = join(folder, 'routes');
  const kept = live === undefined ? cache.state_file : routes_file;
  const text = live ?? (kept === null ? undefined : readState(kept, ROUTES_OCTETS_MAX, said.warn));
  if (text !== undefined) {
    const now = Date.now();
    const bounds = { now, age_max_ms: cache.ttl_s * 1000, entries_max: cache.entries_max };
    const parsed = parseRoutes(text, lines, bounds);
    if (parsed.kind === 'invalid')
      said.warn(`${live === undefined ? kept : 'what the running gateway remembers'} is ignored: ${parsed.why}`);
    else {
      const routes = parsed.routes.filter(({ destination }) => mayBeOf(destination, target));
      await writeFile(routes_file, [...encodeRoutes(routes, lines, now, { pins: parsed.pins })].join(''));
    }
  }
  const names_file = join(folder, 'names');
  const names = dns.state_file === null ? undefined : readState(dns.state_file, SNAPSHOT_OCTETS_MAX, said.warn);
  if (names !== undefined) await writeFile(names_file, names);
  const usage_file = join(folder, 'usage');
  const usage = budget_state_file === null ? undefined : readState(budget_state_file, USAGE_OCTETS_MAX, said.warn);
  if (usage !== undefined) await writeFile(usage_file, usage);
  return {
    cache: { ...cache, state_file: kept === null ? null : routes_file, start_from: null },
    dns: {
      ...dns,
      state_file: dns.state_file === null ? null : names_file,
      probe: { ...dns.probe, enabled: 'off' },
    },
    race: { ...race, early_probe_interval_s: 0 },
    budget_state_file: budget_state_file === null ? null : usage_file,
  };
}

/** Whether a remembered route may be used for the target: of its host and port, or of its site or range. */
function mayBeOf(destination: string, { asked, host, port }: Target): boolean {
  const endpoint = formatEndpoint(asked, port);
  // What lines carry for a site: which site is the target's is known only where the list of domains is.
  if (destination.startsWith(BULK)) return true;
  for (const own of [endpoint, udpKey(asked, port, undefined)])
    if (destination === own || destination.endsWith(` ${own}`)) return true;
  const [, site] = / (?:udp)?\[([^\] ]+)\]$/.exec(destination) ?? [];
  return site !== undefined && (host === site || host.endsWith(`.${site}`));
}
