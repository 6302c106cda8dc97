// A budget as it is told to people and programs. Pure.
import type { BudgetState } from '../../protocol/budget/budget.js';
import type { Month } from '../../protocol/budget/month.js';
import type { Options } from '../../protocol/options.js';

export interface ShownBudget extends Month {
  readonly name: string;
  /** Of `bytes`, both directions together. */
  readonly used: number;
  readonly bytes: number;
  readonly is_spent: boolean;
  /** The names of the lines that share it. */
  readonly lines: readonly string[];
}

/** The answer of the gateway that runs to `POST /budgets`. */
export type BudgetsAnswer =
  | { readonly code: 'budgets'; readonly budgets: readonly ShownBudget[] }
  | { readonly code: 'refused'; readonly budgets?: undefined; readonly problems: readonly string[] };

export function shownBudgets(states: readonly BudgetState[], lines: Options['lines']): readonly ShownBudget[] {
  const names = new Map(lines.map(({ number, name }) => [number, name]));
  return states.map(({ name, used, bytes, begins, ends, isSpent, lines: shared }) => ({
    ...{ name, used, bytes, begins, ends, is_spent: isSpent },
    lines: shared.map((line) => names.get(line) ?? ''),
  }));
}
