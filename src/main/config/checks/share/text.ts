// Checks a short text without blanks and control characters, such as the name of a user.
import type { Check } from '../values/setting.js';

const FORM = /^[!-~]{1,128}$/;
export const TEXT_ALLOWED = '1 to 128 printable ASCII characters without a blank';

export const checkText: Check<string> = (value, place, diagnostics) => {
  if (typeof value === 'string' && FORM.test(value)) return value;
  diagnostics.reject(place, value, TEXT_ALLOWED);
  return undefined;
};
