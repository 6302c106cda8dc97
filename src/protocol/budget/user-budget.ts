// What users may carry in a month. A user that has carried that gets no new connections until the month is over. Pure.

import { bytesMaxOf } from '../users/own-limits.js';
import type { KnownUser } from '../users/user-entry.js';
import type { Month } from './month.js';

/** How much a user has used of what it may carry. */
export interface UserBudgetState extends Month {
  readonly user: string;
  /** Of `bytes`, both directions together. */
  readonly used: number;
  readonly bytes: number;
  readonly isSpent: boolean;
}

/** What each user may carry, by name; users without a limit are not in it. */
export function userBudgets(
  users: readonly Pick<KnownUser, 'name' | 'limits'>[],
  limits: { readonly user_bytes_max: number },
): ReadonlyMap<string, number> {
  const budgets = new Map<string, number>();
  for (const { name, limits: own } of users) {
    const bytes = bytesMaxOf(own, limits);
    if (bytes > 0) budgets.set(name, bytes);
  }
  return budgets;
}

/** Whether any user may carry only so much. */
export const areUsersBudgeted = (
  users: readonly Pick<KnownUser, 'limits'>[] | undefined,
  limits: { readonly user_bytes_max: number },
): boolean => users?.some(({ limits: own }) => bytesMaxOf(own, limits) > 0) ?? false;
