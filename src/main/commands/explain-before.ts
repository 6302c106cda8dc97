// What `tcproute explain` asks of its gateway just before its race: what the race would do, and how much of the budgets is used.
import type { Target } from '../../protocol/address/target.js';
import type { Options } from '../../protocol/options.js';
import type { Outlook } from '../../protocol/race/outlook.js';
import type { Gateway } from '../gateway/running.js';
import { within } from '../process/within.js';
import { type ShownBudget, shownBudgets } from './budgets.js';

/** Added to the time for which names may be looked up. */
const GRACE_MS = 2000;

export interface Before {
  /** What the race was going to do, and why; absent where none could begin. */
  readonly outlook?: Outlook;
  /** Absent where there are none. */
  readonly budgets?: readonly ShownBudget[];
}

export async function beforeRace(
  gateway: Gateway,
  target: Target,
  { dns, lines }: Pick<Options, 'dns' | 'lines'>,
): Promise<Before> {
  const budgets = shownBudgets(gateway.budgets(), lines);
  const outlook = await outlookFor(gateway, target, dns);
  return { ...(outlook && { outlook }), ...(budgets.length > 0 && { budgets }) };
}

async function outlookFor(gateway: Gateway, target: Target, { try_timeout_ms, timeout_ms }: Options['dns']) {
  const [actor] = gateway.actors();
  if (actor === undefined) return undefined;
  const answer = await within(try_timeout_ms + timeout_ms + GRACE_MS, actor.outlook(target));
  return answer.code === 'answered' ? answer.value : undefined;
}
