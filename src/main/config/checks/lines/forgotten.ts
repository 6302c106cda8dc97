// Warns of budgets of lines and users of which a restart would forget what is used.
import type { Budget } from '../../../../protocol/budget/budget.js';
import { areUsersBudgeted } from '../../../../protocol/budget/user-budget.js';
import type { Options } from '../../../../protocol/options.js';
import type { OwnLimits } from '../../../../protocol/users/own-limits.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import type { Place } from '../../diagnostics/place.js';

interface Budgets {
  readonly budgets: readonly Budget[];
  readonly budget_state_file: string | null;
  readonly limits: Pick<Options['limits'], 'user_bytes_max'>;
}

interface Users {
  readonly users: readonly { readonly limits?: OwnLimits | undefined }[];
  readonly place: Place;
}

const FORGOTTEN = 'and no budget_state_file: what has been used is forgotten at every restart';

export function warnOfForgotten(
  { budgets, budget_state_file, limits }: Budgets,
  { users, place }: Users,
  lines: Place,
  diagnostics: Diagnostics,
): void {
  if (budget_state_file !== null) return;
  if (budgets.length > 0) diagnostics.warn(lines, `there is a budget_bytes ${FORGOTTEN}`);
  if (areUsersBudgeted(users, limits)) diagnostics.warn(place, `there is a limit of bytes ${FORGOTTEN}`);
}
