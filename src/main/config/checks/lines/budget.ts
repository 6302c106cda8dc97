// The checks of a budget, which any part of the upstream tree may have. Which lines share it is in protocol/lines/flatten.ts.
import { FIRST_DAY_MAX } from '../../../../protocol/budget/month.js';
import { parseByteSize } from '../values/byte-size.js';
import { type Check, integerFrom } from '../values/setting.js';

export const BUDGET_KEYS = ['budget_bytes', 'budget_day'] as const;

/** Sums of bytes stay exact. */
const BYTES_MAX = 1e15;
const ALLOWED = `an integer from 1 to ${BYTES_MAX}, or a text with a unit: "50GB", "500MiB", "1.5TB"`;

export const checkBudget: Check<number> = (value, place, diagnostics) => {
  const bytes = typeof value === 'string' ? parseByteSize(value) : value;
  if (Number.isInteger(bytes) && Number(bytes) >= 1 && Number(bytes) <= BYTES_MAX) return Number(bytes);
  diagnostics.reject(place, value, ALLOWED);
  return undefined;
};

export const checkBudgetDay: Check<number> = integerFrom(1, FIRST_DAY_MAX).check;
