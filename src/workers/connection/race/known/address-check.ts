// Compares remembered addresses with DNS and the hosts files: an address that a fresh answer for its name no longer has is not
// used first any more, however well it works, since it may belong to somebody else by now. No connection waits for this: the
// name is asked for in the background once its last answer has expired, and the outcome counts from the next connection on.
import { sameIp } from '../../../../protocol/address/same-ip.js';
import type { Target } from '../../../../protocol/address/target.js';
import type { CandidateMemory } from '../../../../protocol/routes/candidate-memory.js';
import type { DestinationMemory } from '../../../../protocol/routes/destination-memory.js';
import { moveAway } from '../../../../protocol/routes/moves.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';
import type { NameOutcome } from '../../shared/replicas/name-outcome.js';
import type { NamesReplica } from '../../shared/replicas/names.js';
import type { RoutesReplica } from '../../shared/replicas/routes.js';
import { noteProxyMove, type ProxyMoveParts } from './proxy-move.js';

/** The parts of the actor's context that the check needs. */
export interface Checking {
  readonly engine: { readonly now: number };
  readonly lines: readonly DialLine[];
  readonly names: Pick<NamesReplica, 'lookup' | 'follow' | 'holdsFor' | 'changes'>;
  readonly health: ProxyMoveParts['health'];
  readonly routes: Pick<RoutesReplica, 'moved' | 'tell'>;
}

/** The least time between two checks of a destination: some answers expire before a message arrives. */
const LEAST_MS = 1000;
/** The longest time: a candidate of a line that had none before may have been added. */
const MOST_MS = 60_000;

/** Called for the destination of a key when its `checkAt` is due, and after each change of the machine's files. */
export function checkAddresses(context: Checking, key: string, memory: DestinationMemory, target: Target): void {
  const { names, engine } = context;
  memory.checkedAfter = names.changes;
  const asked = new Set(memory.candidates.map(({ line }) => nameOf(context, line, target)));
  asked.delete(undefined);
  const schedule = (): void => {
    const { now } = engine;
    memory.checkAt = now + MOST_MS;
    for (const name of asked)
      memory.checkAt = Math.min(memory.checkAt, now + Math.max(names.holdsFor(name as string), LEAST_MS));
  };
  for (const name of asked as Set<string>) {
    const hear = (outcome: NameOutcome, more: boolean): void => {
      // The best one first, so that it is the one that another address stands in for; what is added needs no look.
      const own = memory.candidates.filter(({ line }) => nameOf(context, line, target) === name);
      own.sort((a, b) => Number(b === memory.best) - Number(a === memory.best));
      for (const line of new Set(own.map(({ line }) => line))) noteProxyMove(context, context.lines[line], outcome);
      for (const candidate of own) compare(context, key, memory, candidate, outcome);
      if (!more) schedule();
    };
    const known = names.lookup(name, engine.now, hear);
    if (known !== undefined) hear(known, names.follow(name, hear));
  }
  schedule();
}

function compare(
  { routes, engine }: Checking,
  key: string,
  memory: DestinationMemory,
  candidate: CandidateMemory,
  outcome: NameOutcome,
): void {
  const ips = outcome.kind === 'found' ? outcome.ips : [];
  if (ips.some((ip) => sameIp(ip, candidate.ip))) {
    if (candidate.gone && candidate.successes > 0) routes.moved(key, candidate, undefined);
    candidate.moved = undefined;
  } else if (
    outcome.proof === 'all' ||
    (outcome.proof === 'by-family' && ips.some(({ length }) => length === candidate.ip.length))
  ) {
    const isNews = moveAway(memory, candidate, ips, engine.now);
    // That of the others each actor finds out by itself.
    if (isNews && candidate === memory.best) routes.moved(key, candidate, candidate.moved);
  }
}

/** The name to which a line's candidates are addresses; undefined if the address was given as such. */
function nameOf({ lines }: Checking, number: number, target: Target): string | undefined {
  const line = lines[number];
  if (line.isDirect) return target.ip === undefined ? target.asked : undefined;
  return line.proxyIp === undefined ? line.hops[0].host : undefined;
}
