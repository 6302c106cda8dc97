// Budgets as they are told to people and programs. Pure.
import type { BudgetState } from '../../protocol/budget/budget.js';
import type { Month } from '../../protocol/budget/month.js';
import type { UserBudgetState } from '../../protocol/budget/user-budget.js';
import type { Options } from '../../protocol/options.js';
import type { AllBudgets } from '../../threads/contracts/admin/gateway.js';
import type { BudgetStatus } from '../../threads/contracts/admin/status.js';

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

export const budgetStatus = ({ used, bytes, ...budget }: ShownBudget): BudgetStatus => ({
  ...{ ...budget, bytes_used: used, bytes_limit: bytes },
});

interface UsersWanted {
  /** Undefined for all. */
  readonly user: string | undefined;
  readonly most: number;
}

/** Of lines and users together; of users those that have least left. */
export function allBudgets(
  lines: readonly ShownBudget[],
  users: readonly UserBudgetState[],
  { user, most }: UsersWanted,
): AllBudgets {
  const wanted = users.filter((one) => user === undefined || one.user === user);
  const first = wanted.sort((one, other) => shareOf(other) - shareOf(one)).slice(0, most);
  const ofLines = user === undefined ? lines : [];
  return {
    users: users.length,
    budgets: [
      ...ofLines.map((one) => ({ of: 'lines' as const, ...budgetStatus(one) })),
      ...first.map((one) => ({ of: 'user' as const, ...userStatus(one) })),
    ],
  };
}

const shareOf = ({ used, bytes }: UserBudgetState): number => used / bytes;

const userStatus = ({ user, used, bytes, begins, ends, isSpent }: UserBudgetState): BudgetStatus => ({
  ...{ name: user, bytes_used: used, bytes_limit: bytes, is_spent: isSpent, begins, ends, lines: [] },
});
