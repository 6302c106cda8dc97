// Checks lists of host names, and of names mixed with addresses and ranges; one alone stands for a list of it. Entries are normalised and duplicates dropped.
// It matches nothing.
import { normaliseName } from '../../../../protocol/address/host-name.js';
import { formatIpRange, parseIpRange } from '../../../../protocol/address/ip-range.js';
import { warnOfHostBits } from './host-bits.js';
import { oneOrList } from './one-or-list.js';
import type { Check } from './setting.js';

interface ListRule {
  readonly max: number;
  /** One entry, in words. */
  readonly entry: string;
  /** The entry in its normal form; undefined if it is wrong. */
  readonly parse: (text: string) => string | undefined;
}

/** Names that are probed: each costs queries at every server. */
export const PROBED_NAMES: ListRule = { max: 16, entry: 'a host name', parse: normaliseName };
export const REBIND_EXEMPT: ListRule = {
  max: 1000,
  entry: 'a host name (with all below it), an IP address or a range',
  parse: (text) => normaliseName(text.replace(/^\*\./, '')) ?? rangeText(text),
};
/** Addresses that an operator vouches for. */
export const TRUSTED: ListRule = { max: 1000, entry: 'an IP address or a range', parse: rangeText };

export function allowedList({ max, entry }: ListRule): string {
  return `one, or a list of at most ${max}, each ${entry}`;
}

export function checkList(rule: ListRule): Check<readonly string[]> {
  return (value, place, diagnostics) => {
    const given = oneOrList(value, place, 0, rule.max);
    if (given === undefined) {
      diagnostics.reject(place, value, allowedList(rule));
      return undefined;
    }
    const entries = given.map(([text, at]) => {
      const entry = typeof text === 'string' ? rule.parse(text) : undefined;
      if (entry === undefined) diagnostics.reject(at, text, rule.entry);
      else warnOfHostBits(text as string, at, diagnostics);
      return entry;
    });
    return entries.every((entry) => entry !== undefined) ? [...new Set(entries)] : undefined;
  };
}

function rangeText(text: string): string | undefined {
  const range = parseIpRange(text);
  return range === undefined ? undefined : formatIpRange(range);
}
