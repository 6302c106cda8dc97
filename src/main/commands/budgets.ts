// For `tcproute check` and `tcproute explain`: the budgets of a configuration, with what is used of them. The gateway that runs
// knows that best; where none answers, the file tells it that keeps it. It writes nothing.
import { statSync } from 'node:fs';
import { readState } from '../../files/state-file.js';
import { type BudgetState, budgetState } from '../../protocol/budget/budget.js';
import { dayOf } from '../../protocol/budget/month.js';
import { type ParsedUsage, parseUsage, USAGE_OCTETS_MAX } from '../../protocol/budget/usage.js';
import { identityOf } from '../../protocol/lines/numbers.js';
import type { Options } from '../../protocol/options.js';
import { byteCount } from '../../protocol/text/byte-count.js';
import { plain } from '../../protocol/text/plain-text.js';
import { today } from '../budgets/keeper.js';
import { type BudgetsAnswer, type ShownBudget, shownBudgets } from '../budgets/shown.js';
import { post } from './control-client.js';

type Budgeted = Pick<Options, 'lines' | 'budgets' | 'budget_state_file' | 'control_socket'>;

/** A gateway that is stopped does not answer. */
const ANSWER_MS = 2000;

/** Budgets, and who says what is used of them. */
export interface KnownBudgets {
  readonly budgets: readonly ShownBudget[];
  readonly budgets_of: 'running' | 'file';
  /** When the file was written, in ms since 1970; absent where there is none. */
  readonly budgets_at?: number | undefined;
}

/** Undefined where there are none. `byApi` asks the gateway that runs over its admin API, before its socket for commands. */
export async function knownBudgets(
  options: Budgeted,
  byApi?: () => Promise<readonly ShownBudget[] | undefined>,
): Promise<KnownBudgets | undefined> {
  if (options.budgets.length === 0) return undefined;
  const own = shownBudgets(budgetStates(options), options.lines);
  const at = writtenAt(options.budget_state_file);
  const live = liveOf(own, await byApi?.()) ?? liveOf(own, await askRunning(options.control_socket));
  if (live !== undefined) return { budgets: live, budgets_of: 'running' };
  return { budgets: own, budgets_of: 'file', ...(at !== undefined && { budgets_at: at }) };
}

/** Undefined where no gateway answers. */
async function askRunning(socket: string | null): Promise<readonly ShownBudget[] | undefined> {
  if (socket === null) return undefined;
  try {
    const { code, budgets } = JSON.parse(await post(socket, '/budgets', ANSWER_MS)) as Partial<BudgetsAnswer>;
    return code === 'budgets' ? budgets : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined for a gateway that has other budgets than these. */
function liveOf(own: readonly ShownBudget[], told: readonly ShownBudget[] | undefined) {
  const live = own.map((one) => told?.find((other) => whatOf(other) === whatOf(one)));
  return live.every((one) => one !== undefined) ? live : undefined;
}

/** What a budget is, whatever is used of it. */
const whatOf = ({ name, bytes, begins, ends, lines }: ShownBudget): string =>
  JSON.stringify([name, bytes, begins, ends, lines]);

function writtenAt(path: string | null): number | undefined {
  return path === null ? undefined : statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

/** The heading of a list of them. */
export function budgetsHead({ budgets_of, budgets_at }: Omit<KnownBudgets, 'budgets'>): string {
  if (budgets_of === 'running') return 'budgets, in the gateway that runs';
  return budgets_at === undefined
    ? 'budgets (no file tells what is used)'
    : `budgets, as of ${shownTime(new Date(budgets_at))} in their file`;
}

/** In local time, as the months of budgets are. */
function shownTime(at: Date): string {
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0'));
  return `${dayOf(at.getFullYear(), at.getMonth() + 1, at.getDate())} ${time.join(':')}`;
}

/** Such as "phone: 1.2 GB of 50 GB used since 2026-11-01, until 2026-12-01; lines: phone". */
export function budgetText({ name, used, bytes, begins, ends, is_spent, lines }: ShownBudget): string {
  const what = is_spent ? ' (spent: its lines go back by one tier)' : '';
  const use = `${byteCount(used)} of ${byteCount(bytes)} used since ${begins}, until ${ends}${what}`;
  return `${name}: ${use}; lines: ${lines.join(', ')}`;
}

/** Empty where there are none. */
export async function budgetsText(options: Budgeted): Promise<string> {
  const known = await knownBudgets(options);
  if (known === undefined) return '';
  const texts = known.budgets.map((one) => `  ${plain(budgetText(one))}\n`);
  return `${budgetsHead(known)}:\n${texts.join('')}`;
}

function budgetStates(options: Budgeted): readonly BudgetState[] {
  const parsed = usageIn(options.budget_state_file, () => {});
  const identities = new Map(options.lines.map((line) => [line.number, identityOf(line)]));
  const day = today();
  return options.budgets.map((budget) =>
    budgetState(budget, day, (line, month) =>
      parsed?.kind === 'usage' ? parsed.usage.lines.within(identities.get(line) as string, month) : 0,
    ),
  );
}

/** Undefined where there is no file, or nothing in it. */
export function usageIn(path: string | null, warn: (message: string) => void): ParsedUsage | undefined {
  const text = path === null ? undefined : readState(path, USAGE_OCTETS_MAX, warn);
  return text === undefined || text === '' ? undefined : parseUsage(text);
}
