// What `tcproute explain` asks of its gateway just before its race: what the race would do. It asks the one that runs
// for that and for how much of the budgets is used, too.
import { formatEndpoint } from '../../../protocol/address/address.js';
import type { Target } from '../../../protocol/address/target.js';
import type { Options } from '../../../protocol/options.js';
import type { Outlook } from '../../../protocol/race/outlook/outlook.js';
import type { AskedFor } from '../../../threads/contracts/connection.js';
import { within } from '../../../threads/within.js';
import type { OutlookAnswer, OutlookAsked } from '../../gateway/commands.js';
import type { Gateway } from '../../gateway/running.js';
import { type KnownBudgets, knownBudgets } from '../budgets.js';
import { post } from '../control-client.js';

/** Added to the time for which names may be looked up. */
const GRACE_MS = 2000;
/** A gateway that is stopped does not answer. */
const ANSWER_MS = 12_000;

/** Whose outlook it is: that of the gateway that runs, or of the one that explain runs with copies of its state files. */
export type OutlookOf = 'running' | 'own';

export interface Before extends Partial<KnownBudgets> {
  /** What the race was going to do, and why; absent where none could begin. */
  readonly outlook?: Outlook;
  readonly outlook_of?: OutlookOf;
}

/** `options`: with the real state file of budgets. `as`: for whom it is asked; undefined for a client of this machine. */
export async function beforeRace(
  gateway: Gateway,
  target: Target,
  options: Pick<Options, 'dns' | 'lines' | 'budgets' | 'control_socket' | 'budget_state_file'>,
  as: AskedFor | undefined,
): Promise<Before> {
  const budgets = await knownBudgets(options);
  const running = await outlookOfRunning(options.control_socket, {
    target: formatEndpoint(target.asked, target.port),
    as,
  });
  const outlook =
    running?.outlook ?? (running === undefined ? await outlookFor(gateway, target, options.dns) : undefined);
  const outlook_of: OutlookOf = running === undefined ? 'own' : 'running';
  return { ...(outlook && { outlook, outlook_of }), ...budgets };
}

/** Undefined where no gateway answers, or not with an outlook: an earlier version knows none. */
async function outlookOfRunning(
  socket: string | null,
  asked: OutlookAsked,
): Promise<{ outlook?: Outlook } | undefined> {
  if (socket === null) return undefined;
  try {
    const answer = JSON.parse(
      await post(socket, '/outlook', ANSWER_MS, JSON.stringify(asked)),
    ) as Partial<OutlookAnswer>;
    return answer.code === 'outlook' ? answer : undefined;
  } catch {
    return undefined;
  }
}

async function outlookFor(gateway: Gateway, target: Target, { try_timeout_ms, timeout_ms }: Options['dns']) {
  const [actor] = gateway.actors();
  if (actor === undefined) return undefined;
  const answer = await within(try_timeout_ms + timeout_ms + GRACE_MS, actor.outlook(target));
  return answer.code === 'answered' ? answer.value : undefined;
}
