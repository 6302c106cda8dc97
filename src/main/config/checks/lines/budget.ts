// The checks of a budget, which any part of the upstream tree may have. Which lines share it is in protocol/lines/flatten.ts.
import { FIRST_DAY_MAX } from '../../../../protocol/budget/month.js';
import { BYTES_ALLOWED, bytesOf } from '../values/bytes.js';
import { type Check, integerFrom } from '../values/setting.js';

export const BUDGET_KEYS = ['budget_bytes', 'budget_day'] as const;

export const checkBudget: Check<number> = (value, place, diagnostics) => {
  const bytes = bytesOf(value);
  if (bytes !== undefined) return bytes;
  diagnostics.reject(place, value, BYTES_ALLOWED);
  return undefined;
};

export const checkBudgetDay: Check<number> = integerFrom(1, FIRST_DAY_MAX).check;
