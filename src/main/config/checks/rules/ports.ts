// Checks the ports of a rule: numbers and ranges, one or a list. The result is sorted and free of overlaps. It matches no
// connection.
import type { PortRange } from '../../../../protocol/rules/rule.js';
import { inside, type Place } from '../../diagnostics/place.js';
import type { Check } from '../values/setting.js';

/** A bound, since ranges are compared one by one for every connection. */
const RANGES_MAX = 64;
const PORT_ALLOWED = 'a port from 1 to 65535, or a range such as "8000-8999"';

export const checkPorts: Check<readonly PortRange[]> = (value, place, diagnostics) => {
  const isList = Array.isArray(value);
  const list: readonly unknown[] = isList ? value : [value];
  if (list.length === 0 || list.length > RANGES_MAX) {
    diagnostics.reject(place, value, `${PORT_ALLOWED}, or a list of 1 to ${RANGES_MAX} such`);
    return undefined;
  }
  const at = (index: number): Place => (isList ? inside(place, index) : place);
  const ranges = list.map(parsePorts);
  for (const [index, range] of ranges.entries()) {
    if (range === undefined) diagnostics.reject(at(index), list[index], PORT_ALLOWED);
  }
  return ranges.every((range) => range !== undefined) ? apart(ranges) : undefined;
};

function parsePorts(value: unknown): PortRange | undefined {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(textOf(value)) ?? [];
  if (first === undefined) return undefined;
  const [from, to] = [Number(first), Number(last ?? first)];
  return from >= 1 && from <= to && to <= 65_535 ? { from, to } : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || Number.isInteger(value) ? String(value) : '';
}

function apart(ranges: readonly PortRange[]): readonly PortRange[] {
  const joined: PortRange[] = [];
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = joined[joined.length - 1];
    if (last === undefined || from > last.to + 1) joined.push({ from, to });
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, to) };
  }
  return joined;
}
