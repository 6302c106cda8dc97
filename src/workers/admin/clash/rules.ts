// Rules as dashboards for Clash show them: one for each rule of the configuration, and at last that the lines are raced. Long lists are
// told by their beginning. Pure.
import { formatIp } from '../../../protocol/address/address.js';
import type { Line } from '../../../protocol/lines/line.js';
import { type Listed, type ListedRule, listed } from '../../../protocol/pac/listed.js';
import type { RuleTables } from '../../../protocol/rules/compile.js';
import type { Ruling } from '../../../protocol/rules/rule.js';

export interface ClashRule {
  readonly type: string;
  readonly payload: string;
  readonly proxy: string;
  readonly size: number;
}

/** Rules that are told. */
const RULES_MAX = 1000;
/** Names, addresses and ports of a rule that are told. */
const ENTRIES_MAX = 5;
/** Of one rule that are looked at. */
const BYTES_MAX = 64 * 1024;

/** `race`: the name of the group of all lines. */
export function clashRules(tables: RuleTables | undefined, lines: readonly Line[], race: string): readonly ClashRule[] {
  const last: ClashRule = { type: 'Match', payload: '', proxy: race, size: -1 };
  if (tables === undefined) return [last];
  const all = listed(tables, BYTES_MAX);
  const told = all.rules.slice(0, RULES_MAX).map((rule, number) => {
    const ruling = tables.rulings[tables.rulingOf[number] as number] as Ruling;
    const isForSome = tables.clients !== undefined && tables.clients.conditionsOf[number] !== 0;
    return { ...whatOf(rule, rangesOf(all, number), isForSome), proxy: proxyOf(ruling, lines, race) };
  });
  return [...told, last];
}

function whatOf(rule: ListedRule, ranges: readonly string[], isForSome: boolean): Omit<ClashRule, 'proxy'> {
  const { names, suffixes, ports, anywhere, isTooLong } = rule;
  const kinds = [
    { type: 'Domain', entries: names },
    { type: 'DomainSuffix', entries: suffixes },
    { type: 'IPCIDR', entries: ranges },
    { type: 'DstPort', entries: ports.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)) },
  ].filter(({ entries }) => entries.length > 0);
  const parts = kinds.map(({ entries }) => shortened(entries));
  if (isTooLong) parts.unshift('a long list of names');
  if (isForSome) parts.push('some clients');
  const [only] = kinds;
  if (anywhere && parts.length === 0) return { type: 'Match', payload: '', size: -1 };
  const isPlain = kinds.length === 1 && parts.length === 1 && only !== undefined;
  return {
    type: isPlain ? only.type : 'AND',
    payload: parts.join('; '),
    size: names.length + suffixes.length + ranges.length || -1,
  };
}

function shortened(entries: readonly string[]): string {
  const left = entries.length - ENTRIES_MAX;
  return `${entries.slice(0, ENTRIES_MAX).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

/** Of IPv4, as the first and the last address. */
function rangesOf({ intervals }: Listed, number: number): readonly string[] {
  return intervals.flatMap(({ first, rules }, at) => {
    if (!rules.includes(number)) return [];
    const last = (intervals[at + 1]?.first ?? 2 ** 32) - 1;
    return [first === last ? textOf(first) : `${textOf(first)}-${textOf(last)}`];
  });
}

function textOf(address: number): string {
  return formatIp(Uint8Array.of(address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255));
}

function proxyOf(ruling: Ruling, lines: readonly Line[], race: string): string {
  if (ruling === 'block') return 'REJECT';
  if (ruling.lines === undefined) return race;
  return ruling.lines.map((number) => lines.find((line) => line.number === number)?.name ?? '').join(' | ');
}
