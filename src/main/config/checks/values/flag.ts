// Checks a key that is true or false.
import type { Check } from './setting.js';

export const checkFlag: Check<boolean> = (value, place, diagnostics) => {
  if (typeof value === 'boolean') return value;
  diagnostics.reject(place, value, 'true or false, without quotes');
  return undefined;
};
