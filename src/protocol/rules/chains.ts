// Finds, among the rules for one destination, the first that is for the port and the client. An entry of a table (a name, a
// suffix, a range) refers to its rules by a *head*: the number of its only rule, if that is for any port and client; else the
// complement of the place where a list of rules begins. Flat arrays, so that all threads can share them. It looks up no
// destination.
import type { Client } from '../users/client.js';
import type { RuleClients } from './clients.js';
import type { Rule } from './rule.js';

/** Greater than every rule's number. */
export const NO_RULE = 0x7fff_ffff;

/** What is asked of a rule here. */
type Ported = Pick<Rule, 'ports' | 'clients'>;

export interface ChainTables {
  /** Lists of ascending rule numbers, each ended by NO_RULE. A head below 0 is the complement of a list's place. */
  readonly lists: Int32Array;
  /** By rule: where its ranges begin in `portRanges`; they end where the next rule's begin. A rule for any port has none. */
  readonly portsFrom: Uint32Array;
  /** The first and the last port of each range. */
  readonly portRanges: Uint16Array;
}

export class RuleChains {
  readonly #lists: Int32Array;
  readonly #portsFrom: Uint32Array;
  readonly #portRanges: Uint16Array;
  readonly #clients: RuleClients | undefined;

  /** `clients`: undefined when every rule is for all clients. */
  constructor({ lists, portsFrom, portRanges }: ChainTables, clients?: RuleClients) {
    this.#lists = lists;
    this.#portsFrom = portsFrom;
    this.#portRanges = portRanges;
    this.#clients = clients;
  }

  /** The first rule of `head` that is for the port and the client, if its number is below `best`; else `best`. */
  lower(head: number, port: number, best: number, client?: Client): number {
    if (head >= 0) return Math.min(head, best);
    for (let at = ~head; ; at += 1) {
      const rule = this.#lists[at];
      if (rule >= best) return best;
      if (this.#hasPort(rule, port) && (this.#clients === undefined || this.#clients.admits(rule, client))) return rule;
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

/** The rules of a head, ascending. */
export function rulesOf(head: number, { lists }: ChainTables): readonly number[] {
  if (head === NO_RULE) return [];
  if (head >= 0) return [head];
  const end = lists.indexOf(NO_RULE, ~head);
  return [...lists.subarray(~head, end)];
}

/** The numbers of the rules for each entry (a name or a range as text), ascending. */
export class RuleLists {
  readonly #rules: readonly Ported[];
  readonly #byKey = new Map<string, number[]>();

  constructor(rules: readonly Ported[]) {
    this.#rules = rules;
  }

  /** To be called in the order of the rules. A rule behind one for any port and client is never the first: it is left out. */
  add(key: string, rule: number): void {
    const list = this.#byKey.get(key);
    if (list === undefined) {
      this.#byKey.set(key, [rule]);
      return;
    }
    const last = list[list.length - 1];
    if (last !== rule && !isForAll(this.#rules[last])) list.push(rule);
  }

  get(key: string): readonly number[] {
    return this.#byKey.get(key) ?? [];
  }

  keys(): IterableIterator<string> {
    return this.#byKey.keys();
  }
}

/** Whether a rule is for every connection to its destinations. */
const isForAll = ({ ports, clients }: Ported): boolean => ports.length === 0 && clients === undefined;

/** Builds the lists of `ChainTables` from the rules of each entry. */
export class ChainBuilder {
  readonly #rules: readonly Ported[];
  readonly #lists: number[] = [];
  /** Heads by list of rules: all names of a long list share one head. */
  readonly #heads = new Map<string, number>();

  constructor(rules: readonly Ported[]) {
    this.#rules = rules;
  }

  /** The head for rules from `RuleLists.get`; NO_RULE for none. */
  head(rules: readonly number[]): number {
    if (rules.length === 0) return NO_RULE;
    if (rules.length === 1 && isForAll(this.#rules[rules[0]])) return rules[0];
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
