// Of the rules that are for one destination the first that is for the port. Whatever names destinations (a suffix, a
// range) refers to its rules by a *head*: the number of the only one, if that is for any port, else where a list begins.
// Flat arrays, so that all threads can share them. It finds no destination.
import type { Rule } from './rule.js';

/** Beyond every rule's number. */
export const NO_RULE = 0x7fff_ffff;

export interface ChainTables {
  /** Lists of rule numbers, ascending, each ended by NO_RULE. A head below 0 is the complement of a place in it. */
  readonly lists: Int32Array;
  /** By rule, and one more: where its ranges begin in `portRanges`. Of a rule for any port they are none. */
  readonly portsFrom: Uint32Array;
  /** First and last port, by turns. */
  readonly portRanges: Uint16Array;
}

export class RuleChains {
  readonly #lists: Int32Array;
  readonly #portsFrom: Uint32Array;
  readonly #portRanges: Uint16Array;

  constructor({ lists, portsFrom, portRanges }: ChainTables) {
    this.#lists = lists;
    this.#portsFrom = portsFrom;
    this.#portRanges = portRanges;
  }

  /** The first rule behind `head` that is for the port, if it comes before `best`; else `best`. */
  lower(head: number, port: number, best: number): number {
    if (head >= 0) return Math.min(head, best);
    for (let at = ~head; ; at += 1) {
      const rule = this.#lists[at];
      if (rule >= best) return best;
      if (this.#hasPort(rule, port)) return rule;
    }
  }

  #hasPort(rule: number, port: number): boolean {
    const from = this.#portsFrom[rule];
    const to = this.#portsFrom[rule + 1];
    if (from === to) return true;
    for (let at = from; at < to; at += 2) {
      if (port >= this.#portRanges[at] && port <= this.#portRanges[at + 1]) return true;
    }
    return false;
  }
}

/** Rules by whatever names their destinations, in the order of the rules. */
export class RuleLists {
  readonly #rules: readonly Rule[];
  readonly #byKey = new Map<string, number[]>();

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** Rules come in their order; those behind one that is for any port can never be the first. */
  add(key: string, rule: number): void {
    const list = this.#byKey.get(key);
    if (list === undefined) {
      this.#byKey.set(key, [rule]);
      return;
    }
    const last = list[list.length - 1];
    if (last !== rule && this.#rules[last].ports.length > 0) list.push(rule);
  }

  get(key: string): readonly number[] {
    return this.#byKey.get(key) ?? [];
  }

  keys(): IterableIterator<string> {
    return this.#byKey.keys();
  }
}

export class ChainBuilder {
  readonly #rules: readonly Rule[];
  readonly #lists: number[] = [];
  /** Heads by list: a long list of names has one for all. */
  readonly #heads = new Map<string, number>();

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** Takes what RuleLists gives. */
  head(rules: readonly number[]): number {
    if (rules.length === 0) return NO_RULE;
    if (rules.length === 1 && this.#rules[rules[0]].ports.length === 0) return rules[0];
    const key = rules.join();
    const known = this.#heads.get(key);
    if (known !== undefined) return known;
    const head = ~this.#lists.length;
    for (const rule of rules) this.#lists.push(rule);
    this.#lists.push(NO_RULE);
    this.#heads.set(key, head);
    return head;
  }

  tables(): ChainTables {
    const ranges = this.#rules.flatMap(({ ports }) => ports);
    const portsFrom = new Uint32Array(this.#rules.length + 1);
    for (const [rule, { ports }] of this.#rules.entries()) portsFrom[rule + 1] = portsFrom[rule] + ports.length * 2;
    const portRanges = Uint16Array.from(ranges.flatMap(({ from, to }) => [from, to]));
    return { lists: Int32Array.from(this.#lists), portsFrom, portRanges };
  }
}
