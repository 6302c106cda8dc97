// One name asked where the configuration says, in TcpRoute's order: the servers, the backups when nothing clean came, then
// TCP, UDP, TCP, UDP of those that may still answer; all within one deadline. It neither caches nor joins lookups: see
// resolver.ts.
import type { Question } from '../../protocol/dns-message.js';
import type { Options } from '../../protocol/options.js';
import { type Asked, TIMED_OUT } from './exchange.js';
import type { Judge } from './judge.js';
import { askPair, type Gathered, type PairAnswer } from './pair.js';
import type { Server, Way } from './server.js';

export interface Servers {
  readonly first: readonly Server[];
  readonly backup: readonly Server[];
}

export interface Resolving {
  readonly servers: Servers;
  readonly types: readonly Question['type'][];
  readonly judge: Judge;
  readonly limits: Pick<Options['dns'], 'timeout_ms' | 'try_timeout_ms'>;
}

const ROUNDS: readonly Way[] = ['tcp', 'udp', 'tcp', 'udp'];

/** Settles within `dns.timeout_ms`, what is late included. */
export function resolveName(name: string, { servers, types, judge, limits }: Resolving): Asked<Gathered> {
  let current: Asked<Gathered> | undefined;
  let over = false;
  const cancel = (reason: string): void => {
    over = true;
    current?.cancel(reason);
  };

  const walk = async (): Promise<Gathered> => {
    const reasons = new Set<string>();
    const again = new Set<Server>();
    let spare: PairAnswer | undefined;
    for (const { asked, way } of steps(servers, again)) {
      current = askPair(name, { servers: asked, types, way, judge, timeout_ms: limits.try_timeout_ms });
      const gathered = await current.outcome;
      const { outcome } = gathered;
      if (outcome.kind !== 'failed') return gathered;
      reasons.add(outcome.reason);
      spare ??= outcome.spare;
      for (const server of asked) again.delete(server);
      for (const server of outcome.again) again.add(server);
      if (over) break;
    }
    if (spare !== undefined) return complete(spare);
    return complete({ kind: 'failed', reason: [...reasons].join('; ') || 'no server to ask', again: [], spare });
  };

  const deadline = setTimeout(() => cancel(TIMED_OUT), limits.timeout_ms);
  const outcome = walk().then((gathered) => {
    if (gathered.late === undefined) clearTimeout(deadline);
    else void gathered.late.then(() => clearTimeout(deadline));
    return gathered;
  });
  return { outcome, cancel };
}

/** Each step is made only when it is taken. `again` fills up in between. */
function* steps(servers: Servers, again: ReadonlySet<Server>): Generator<{ asked: readonly Server[]; way: Way }> {
  for (const asked of [servers.first, servers.backup]) {
    if (asked.length > 0) yield { asked, way: 'usual' };
  }
  for (const way of ROUNDS) {
    const asked = [...again].filter((server) => server.goes(way));
    if (asked.length > 0) yield { asked, way };
  }
}

function complete(outcome: Gathered['outcome']): Gathered {
  return { outcome, late: undefined };
}
