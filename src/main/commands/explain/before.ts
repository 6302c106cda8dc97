// What `tcproute explain` asks of its gateway just before its race: what the race would do. It asks the one that runs
// for that and for how much of the budgets is used, too.
import type { Target } from '../../../protocol/address/target.js';
import type { Options } from '../../../protocol/options.js';
import type { Outlook } from '../../../protocol/race/outlook/outlook.js';
import type { AskedFor } from '../../../threads/contracts/connection.js';
import { within } from '../../../threads/within.js';
import type { Gateway } from '../../gateway/running.js';
import { type KnownBudgets, knownBudgets } from '../budgets.js';
import type { Running } from './running.js';

/** Added to the time for which names may be looked up. */
const GRACE_MS = 2000;

/** Whose outlook it is: that of the gateway that runs, or of the one that explain runs with copies of its state files. */
export type OutlookOf = 'running' | 'own';

export interface Before extends Partial<KnownBudgets> {
  /** What the race was going to do, and why; absent where none could begin. */
  readonly outlook?: Outlook;
  readonly outlook_of?: OutlookOf;
}

/**
 * `asked`: the gateway that runs. `options`: with the real state file of budgets. `as`: for whom it is asked; undefined for a client
 * of this machine.
 */
export async function beforeRace(
  gateway: Gateway,
  asked: Running,
  target: Target,
  options: Pick<Options, 'dns' | 'lines' | 'budgets' | 'control_socket' | 'budget_state_file'>,
  as: AskedFor | undefined,
): Promise<Before> {
  const budgets = await knownBudgets(options, () => asked.budgets());
  const running = await asked.outlook(target, as);
  const outlook =
    running?.outlook ?? (running === undefined ? await outlookFor(gateway, target, options.dns) : undefined);
  const outlook_of: OutlookOf = running === undefined ? 'own' : 'running';
  return { ...(outlook && { outlook, outlook_of }), ...budgets };
}

async function outlookFor(gateway: Gateway, target: Target, { try_timeout_ms, timeout_ms }: Options['dns']) {
  const [actor] = gateway.actors();
  if (actor === undefined) return undefined;
  const answer = await within(try_timeout_ms + timeout_ms + GRACE_MS, actor.outlook(target));
  return answer.code === 'answered' ? answer.value : undefined;
}
