// For `tcproute check`: the budgets of a configuration, with what is used of them by the file that keeps it. It writes nothing.
import { readState } from '../../files/state-file.js';
import { type BudgetState, budgetState } from '../../protocol/budget/budget.js';
import type { Month } from '../../protocol/budget/month.js';
import { type ParsedUsage, parseUsage, USAGE_OCTETS_MAX } from '../../protocol/budget/usage.js';
import { identityOf } from '../../protocol/lines/numbers.js';
import type { Options } from '../../protocol/options.js';
import { byteCount } from '../../protocol/text/byte-count.js';
import { plain } from '../../protocol/text/plain-text.js';
import { today } from '../budgets/keeper.js';

type Budgeted = Pick<Options, 'lines' | 'budgets' | 'budget_state_file'>;

/** A budget as it is told. */
export interface ShownBudget extends Month {
  readonly name: string;
  /** Of `bytes`, both directions together. */
  readonly used: number;
  readonly bytes: number;
  readonly is_spent: boolean;
  /** The names of the lines that share it. */
  readonly lines: readonly string[];
}

export function shownBudgets(states: readonly BudgetState[], lines: Options['lines']): readonly ShownBudget[] {
  const names = new Map(lines.map(({ number, name }) => [number, name]));
  return states.map(({ name, used, bytes, begins, ends, isSpent, lines: shared }) => ({
    ...{ name, used, bytes, begins, ends, is_spent: isSpent },
    lines: shared.map((line) => names.get(line) ?? ''),
  }));
}

/** Such as "phone: 1.2 GB of 50 GB used since 2026-11-01, until 2026-12-01; lines: phone". */
export function budgetText({ name, used, bytes, begins, ends, is_spent, lines }: ShownBudget): string {
  const what = is_spent ? ' (spent: its lines are a tier lower)' : '';
  const use = `${byteCount(used)} of ${byteCount(bytes)} used since ${begins}, until ${ends}${what}`;
  return `${name}: ${use}; lines: ${lines.join(', ')}`;
}

/** Empty where there are none. */
export function budgetsText(options: Budgeted): string {
  if (options.budgets.length === 0) return '';
  const texts = shownBudgets(budgetStates(options), options.lines).map((one) => `  ${plain(budgetText(one))}\n`);
  return `budgets:\n${texts.join('')}`;
}

function budgetStates(options: Budgeted): readonly BudgetState[] {
  const parsed = usageIn(options.budget_state_file, () => {});
  const identities = new Map(options.lines.map((line) => [line.number, identityOf(line)]));
  const day = today();
  return options.budgets.map((budget) =>
    budgetState(budget, day, (line, month) =>
      parsed?.kind === 'usage' ? parsed.usage.within(identities.get(line) as string, month) : 0,
    ),
  );
}

/** Undefined where there is no file, or nothing in it. */
export function usageIn(path: string | null, warn: (message: string) => void): ParsedUsage | undefined {
  const text = path === null ? undefined : readState(path, USAGE_OCTETS_MAX, warn);
  return text === undefined || text === '' ? undefined : parseUsage(text);
}
