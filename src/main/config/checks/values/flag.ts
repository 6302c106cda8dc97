// A key that is true or false.
import { asFlag } from '../../sources/text.js';
import type { Check, Setting } from './setting.js';

export const checkFlag: Check<boolean> = (value, place, diagnostics) => {
  if (typeof value === 'boolean') return value;
  diagnostics.reject(place, value, 'true or false, without quotes');
  return undefined;
};

export function flag({
  doc,
  default: usual,
  env,
}: Pick<Setting<boolean>, 'doc' | 'default' | 'env'>): Setting<boolean> {
  const allowed = 'true or false';
  return { doc, default: usual, env, allowed, check: checkFlag, fromText: asFlag, format: [true, false] };
}
