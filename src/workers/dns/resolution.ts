// One name asked where the configuration says, in order: the servers, the backups when those fail, then over TCP those
// that kept silent over UDP; all within one deadline. It neither caches nor joins lookups: see resolver.ts.
import { isLocalhost } from '../../protocol/names.js';
import type { Nameserver, Options } from '../../protocol/options.js';
import type { Asked } from './exchange.js';
import { askPair, type Gathered, type PairOutcome } from './pair.js';
import type { SystemNames } from './system.js';

export type ResolutionOptions = Pick<Options, 'nameservers' | 'nameservers_backup' | 'dns'>;

const LOOPBACK: PairOutcome = { kind: 'found', addresses: ['::1', '127.0.0.1'], ttl_s: 86_400, lacking: false };

/** Settles within `dns.timeout_ms`, what is late included. */
export function resolveName(name: string, options: ResolutionOptions, system: SystemNames): Asked<Gathered> {
  let current: Asked<Gathered> | undefined;
  let over = false;
  const cancel = (reason: string): void => {
    over = true;
    current?.cancel(reason);
  };

  const walk = async (): Promise<Gathered> => {
    const reasons: string[] = [];
    const silent = new Set<Nameserver>();
    for (const asked of steps(name, options, system, silent)) {
      current = asked;
      const gathered = await asked.outcome;
      const { outcome } = gathered;
      if (outcome.kind !== 'failed') return gathered;
      reasons.push(outcome.reason);
      for (const server of outcome.silent) silent.add(server);
      if (over) break;
    }
    return complete({ kind: 'failed', reason: reasons.join('; ') || 'no server to ask', silent: [] });
  };

  const deadline = setTimeout(() => cancel('timed out'), options.dns.timeout_ms);
  const outcome = walk().then((gathered) => {
    if (gathered.late === undefined) clearTimeout(deadline);
    else void gathered.late.then(() => clearTimeout(deadline));
    return gathered;
  });
  return { outcome, cancel };
}

/** Each step is begun only when it is taken. `silent` fills up in between. */
function* steps(
  name: string,
  options: ResolutionOptions,
  system: SystemNames,
  silent: ReadonlySet<Nameserver>,
): Generator<Asked<Gathered>> {
  const { timeout_ms, try_timeout_ms } = options.dns;
  const choices = [options.nameservers, options.nameservers_backup ?? []].filter((choice) => choice.length > 0);
  if (isLocalhost(name)) {
    yield choices.includes('system')
      ? askSystem(system, name, timeout_ms)
      : { outcome: Promise.resolve(complete(LOOPBACK)), cancel: () => {} };
    return;
  }
  for (const choice of choices) {
    yield choice === 'system'
      ? askSystem(system, name, choices.length === 1 ? timeout_ms : try_timeout_ms)
      : askPair(choice, name, 'udp', try_timeout_ms);
  }
  if (silent.size > 0) yield askPair([...silent], name, 'tcp', try_timeout_ms);
}

function askSystem(system: SystemNames, name: string, timeout_ms: number): Asked<Gathered> {
  const asked = system.ask(name, timeout_ms);
  // Not every getaddrinfo knows the names below `localhost`.
  const known = (outcome: PairOutcome): PairOutcome =>
    outcome.kind !== 'found' && isLocalhost(name) ? LOOPBACK : outcome;
  return { outcome: asked.outcome.then((outcome) => complete(known(outcome))), cancel: asked.cancel };
}

function complete(outcome: PairOutcome): Gathered {
  return { outcome, late: undefined };
}
