// For `tcproute check`: the budgets of a configuration, with what is used of them by the file that keeps it. It writes nothing.
import { readState } from '../../files/state-file.js';
import { type BudgetState, budgetState } from '../../protocol/budget/budget.js';
import { type ParsedUsage, parseUsage, USAGE_OCTETS_MAX } from '../../protocol/budget/usage.js';
import { identityOf } from '../../protocol/lines/numbers.js';
import type { Options } from '../../protocol/options.js';
import { byteCount } from '../../protocol/text/byte-count.js';
import { plain } from '../../protocol/text/plain-text.js';
import { today } from '../budgets/keeper.js';

type Budgeted = Pick<Options, 'lines' | 'budgets' | 'budget_state_file'>;

/** Empty where there are none. */
export function budgetsText(options: Budgeted): string {
  const { lines, budgets } = options;
  if (budgets.length === 0) return '';
  const names = new Map(lines.map(({ number, name }) => [number, name]));
  const texts = budgetStates(options).map((state) => {
    const shared = state.lines.map((line) => names.get(line)).join(', ');
    return `  ${plain(state.name)}: ${usedText(state)}; lines: ${plain(shared)}\n`;
  });
  return `budgets:\n${texts.join('')}`;
}

/** Such as "1.2 GB of 50 GB used from 2026-11-01 to 2026-12-01". */
function usedText({ used, bytes, begins, ends, isSpent }: BudgetState): string {
  const what = isSpent ? ' (spent: its lines are a tier lower)' : '';
  return `${byteCount(used)} of ${byteCount(bytes)} used since ${begins}, until ${ends}${what}`;
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
