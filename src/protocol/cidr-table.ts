// CIDR ranges of one family, each with its rules, and all of them that an address is in: ranges nest but never overlap
// in part, so that the line of addresses falls into intervals, each within one innermost range, which knows the next
// larger one. A binary search finds the interval and allocates nothing. IpRanges (ip-range.ts) only says whether.
import { compareIps, type IpRange, lastIp } from './ip-range.js';
import { type ChainBuilder, NO_RULE, type RuleChains } from './rule-chains.js';

export interface CidrTables {
  /** 4 or 16. */
  readonly octets: number;
  /** The first address of each interval, ascending. What lies before the first interval is in no range. */
  readonly firsts: Uint8Array;
  /** By interval: its innermost range, or NOWHERE. */
  readonly innermost: Int32Array;
  /** By range: its rules, and the next larger range around it, or NOWHERE. */
  readonly heads: Int32Array;
  readonly around: Int32Array;
}

const NOWHERE = -1;

export class CidrTable {
  readonly #tables: CidrTables;
  readonly #chains: RuleChains;

  constructor(tables: CidrTables, chains: RuleChains) {
    this.#tables = tables;
    this.#chains = chains;
  }

  /** The first rule for an address and a port, if it comes before `best`; else `best`. */
  lowest(ip: Uint8Array, port: number, best: number): number {
    const { octets, firsts, innermost, heads, around } = this.#tables;
    let low = 0;
    let high = innermost.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareIps(firsts, middle * octets, ip) <= 0) low = middle + 1;
      else high = middle;
    }
    let first = best;
    for (let range = low === 0 ? NOWHERE : innermost[low - 1]; range !== NOWHERE; range = around[range]) {
      first = this.#chains.lower(heads[range], port, first);
    }
    return first;
  }
}

export interface RuledRange {
  readonly range: IpRange;
  readonly rules: readonly number[];
}

/** Takes the ranges of one family, each once. */
export function buildCidrTables(octets: number, ruled: readonly RuledRange[], chains: ChainBuilder): CidrTables {
  const sorted = [...ruled].sort((a, b) => compareIps(a.range.ip, 0, b.range.ip) || a.range.prefix - b.range.prefix);
  const intervals = new Intervals();
  const heads = new Int32Array(sorted.length).fill(NO_RULE);
  const around = new Int32Array(sorted.length).fill(NOWHERE);
  /** Ranges that the walk is in, the innermost last. */
  const open: { readonly place: number; readonly last: Uint8Array }[] = [];
  const leave = (): void => {
    const left = open.pop();
    const next = left === undefined ? undefined : following(left.last);
    if (next !== undefined) intervals.begin(next, open[open.length - 1]?.place ?? NOWHERE);
  };
  for (const [place, { range, rules }] of sorted.entries()) {
    while (open.length > 0 && compareIps(open[open.length - 1].last, 0, range.ip) < 0) leave();
    heads[place] = chains.head(rules);
    around[place] = open[open.length - 1]?.place ?? NOWHERE;
    intervals.begin(range.ip, place);
    open.push({ place, last: lastIp(range) });
  }
  while (open.length > 0) leave();
  return { octets, ...intervals.tables(octets), heads, around };
}

class Intervals {
  readonly #firsts: Uint8Array[] = [];
  readonly #innermost: number[] = [];

  /** From `first` on, until the next one begins. One that begins where the one before does takes its place. */
  begin(first: Uint8Array, range: number): void {
    const last = this.#firsts[this.#firsts.length - 1];
    if (last !== undefined && compareIps(last, 0, first) === 0) {
      this.#innermost[this.#innermost.length - 1] = range;
      return;
    }
    this.#firsts.push(first);
    this.#innermost.push(range);
  }

  tables(octets: number): { firsts: Uint8Array; innermost: Int32Array } {
    const firsts = new Uint8Array(this.#firsts.length * octets);
    for (const [index, first] of this.#firsts.entries()) firsts.set(first, index * octets);
    return { firsts, innermost: Int32Array.from(this.#innermost) };
  }
}

/** The address behind this one; undefined behind the last of all. */
function following(ip: Uint8Array): Uint8Array | undefined {
  const next = Uint8Array.from(ip);
  for (let i = next.length - 1; i >= 0; i -= 1) {
    next[i] += 1;
    if (next[i] !== 0) return next;
  }
  return undefined;
}
