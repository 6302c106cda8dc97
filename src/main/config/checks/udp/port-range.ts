// Checks a range of ports, from which the kernel's choice is narrowed. It binds none.
import type { PortRange } from '../../../../protocol/rules/rule.js';
import type { Check } from '../values/setting.js';

export const PORT_RANGE_ALLOWED = 'a range of ports from 1 to 65535, such as "20000-20999"; null for any';

export const checkPortRange: Check<PortRange> = (value, place, diagnostics) => {
  const [, first, last] = /^(\d{1,5})\s*-\s*(\d{1,5})$/.exec(typeof value === 'string' ? value.trim() : '') ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (from >= 1 && from <= to && to <= 65_535) return { from, to };
  diagnostics.reject(place, value, PORT_RANGE_ALLOWED);
  return undefined;
};
