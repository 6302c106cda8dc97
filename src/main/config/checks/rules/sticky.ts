// Checks the flags of a rule, and for whom a sticky one keeps a line.
import { STICKY, type Sticky } from '../../../../protocol/rules/sticky.js';
import type { Check } from '../values/setting.js';

const FLAG_ALLOWED = 'true, or false as if it were not there';
const STICKY_ALLOWED = `${STICKY.map((one) => `"${one}"`).join(', ')}, true for "client", or false as if it were not there`;

export const checkFlag: Check<boolean> = (value, place, diagnostics) => {
  if (typeof value === 'boolean') return value;
  diagnostics.reject(place, value, withAdvice(FLAG_ALLOWED, value));
  return undefined;
};

export const checkSticky: Check<Sticky | false> = (value, place, diagnostics) => {
  if (typeof value === 'boolean') return value && 'client';
  const chosen = STICKY.find((one) => one === value);
  if (chosen === undefined) diagnostics.reject(place, value, withAdvice(STICKY_ALLOWED, value));
  return chosen;
};

function withAdvice(allowed: string, value: unknown): string {
  const isWord = typeof value === 'string' && /^(?:true|false|yes|no|on|off)$/i.test(value);
  return isWord ? `${allowed}; without quotes, and yes, no, on and off are texts` : allowed;
}
