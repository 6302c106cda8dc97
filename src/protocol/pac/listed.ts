// What compiled rules are for, rule by rule: names, IPv4 addresses and ports, from the tables of compile.ts. What comes of a rule
// is not looked at.
import { type ChainTables, rulesOf } from '../rules/chains.js';
import { listedIntervals } from '../rules/cidr-table.js';
import type { RuleTables } from '../rules/compile.js';
import type { PortRange } from '../rules/rule.js';
import { listedNames } from '../rules/suffix-table.js';

export interface ListedRule {
  readonly names: readonly string[];
  /** Names that stand for themselves and for all below them. */
  readonly suffixes: readonly string[];
  /** An empty list is any port. */
  readonly ports: readonly PortRange[];
  /** Whether it is for any destination. */
  readonly anywhere: boolean;
  /** Whether it has more bytes of names than were asked for. Its names are then missing. */
  readonly isTooLong: boolean;
}

export interface Listed {
  /** In the order of the configuration. */
  readonly rules: readonly ListedRule[];
  /** Intervals of IPv4 addresses by their first ones, with the numbers of their rules, both ascending. */
  readonly intervals: readonly { readonly first: number; readonly rules: readonly number[] }[];
  /** The numbers of the rules for addresses of either family. */
  readonly addressed: readonly number[];
}

/** `bytes_max`: of the names of one rule, with a byte between them. A name that an earlier rule for all has is left out. */
export function listed(tables: RuleTables, bytes_max: number): Listed {
  const { chains } = tables;
  const names = Array.from(tables.rulingOf, () => new NamesOfRule(bytes_max));
  for (const { name, itself, within } of listedNames(tables.names)) {
    for (const rule of rulesOf(itself, chains)) names[rule]?.add('names', name);
    for (const rule of rulesOf(within, chains)) names[rule]?.add('suffixes', name);
  }
  const anywhere = new Set(rulesOf(tables.anywhere, chains));
  const rules = names.map((of, number) => ({
    names: of.names,
    suffixes: of.suffixes,
    isTooLong: of.isTooLong,
    ports: portsOf(number, chains),
    anywhere: anywhere.has(number),
  }));
  const numbersOf = (heads: Iterable<number>): readonly number[] => {
    const different = new Set([...new Set(heads)].flatMap((head) => rulesOf(head, chains)));
    return [...different].sort((a, b) => a - b);
  };
  const intervals = [...listedIntervals(tables.four)].map(({ first, heads }) => ({
    first: first[0] as number,
    rules: numbersOf(heads),
  }));
  return { rules, intervals, addressed: numbersOf([...tables.four.heads, ...tables.six.heads]) };
}

function portsOf(rule: number, { portsFrom, portRanges }: ChainTables): readonly PortRange[] {
  const ranges: PortRange[] = [];
  for (let at = portsFrom[rule] as number; at < (portsFrom[rule + 1] as number); at += 2) {
    ranges.push({ from: portRanges[at] as number, to: portRanges[at + 1] as number });
  }
  return ranges;
}

class NamesOfRule {
  readonly names: string[] = [];
  readonly suffixes: string[] = [];
  #free_bytes: number;

  constructor(bytes_max: number) {
    this.#free_bytes = bytes_max;
  }

  get isTooLong(): boolean {
    return this.#free_bytes < 0;
  }

  add(kind: 'names' | 'suffixes', name: string): void {
    if (this.isTooLong) return;
    this.#free_bytes -= name.length + 1;
    this[kind].push(name);
    if (!this.isTooLong) return;
    this.names.length = 0;
    this.suffixes.length = 0;
  }
}
