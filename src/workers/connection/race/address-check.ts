// Compares remembered addresses with DNS and the hosts files: an address that a fresh answer for its name no longer has is not
// used first any more, however well it works, since it may belong to somebody else by now. No connection waits for this: the
// name is asked for in the background once its last answer has expired, and the outcome counts from the next connection on.
import { sameIp } from '../../../protocol/address/same-ip.js';
import type { Target } from '../../../protocol/address/target.js';
import type { CandidateMemory } from '../../../protocol/routes/candidate-memory.js';
import type { DestinationMemory } from '../../../protocol/routes/destination-memory.js';
import type { DialLine } from '../shared/dial-lines.js';
import type { NameOutcome } from '../shared/name-outcome.js';
import type { NamesReplica } from '../shared/names-replica.js';

/** The parts of the actor's context that the check needs. */
export interface Checking {
  readonly engine: { readonly now: number };
  readonly lines: readonly DialLine[];
  readonly names: Pick<NamesReplica, 'lookup' | 'follow' | 'holdsFor' | 'changes'>;
}

/** The least time between two checks of a destination: some answers expire before a message arrives. */
const LEAST_MS = 1000;
/** The longest time: a candidate of a line that had none before may have been added. */
const MOST_MS = 60_000;

/** Called for a destination when its `checkAt` is due, and after each change of the machine's files. */
export function checkAddresses(context: Checking, memory: DestinationMemory, target: Target): void {
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
      for (const candidate of memory.candidates)
        if (nameOf(context, candidate.line, target) === name) compare(candidate, outcome);
      if (!more) schedule();
    };
    const known = names.lookup(name, engine.now, hear);
    if (known !== undefined) hear(known, names.follow(name, hear));
  }
  schedule();
}

function compare(candidate: CandidateMemory, outcome: NameOutcome): void {
  const ips = outcome.kind === 'found' ? outcome.ips : [];
  if (ips.some((ip) => sameIp(ip, candidate.ip))) candidate.gone = false;
  else if (outcome.proof === 'all') candidate.gone = true;
  else if (outcome.proof === 'by-family' && ips.some(({ length }) => length === candidate.ip.length))
    candidate.gone = true;
}

/** The name to which a line's candidates are addresses; undefined if the address was given as such. */
function nameOf({ lines }: Checking, number: number, target: Target): string | undefined {
  const line = lines[number];
  if (line.isDirect) return target.ip === undefined ? target.asked : undefined;
  return line.proxyIp === undefined ? line.hops[0].host : undefined;
}
