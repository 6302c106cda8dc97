// What the rules say to a browser: which names and addresses are refused, which it reaches without the gateway, and for which
// it asks the gateway. A browser does not know all that the gateway knows. Where it cannot tell, it asks the gateway, which then
// judges by its rules. It writes no text: that is in file.ts.
import type { Line } from '../lines/line.js';
import type { RuleTables } from '../rules/compile.js';
import type { PortRange, Ruling } from '../rules/rule.js';
import { listed } from './listed.js';

/** What a browser does: it gets a refusal, goes by itself, or asks the gateway. */
export type PacAction = 'refuse' | 'direct' | 'gateway';

/** One or more rules that follow each other and say the same. */
export interface PacRule {
  readonly action: PacAction;
  /** An empty list is any port. */
  readonly ports: readonly PortRange[];
  /** Whether it is for any destination. */
  readonly anywhere: boolean;
  readonly names: readonly string[];
  /** Names that stand for themselves and for all below them. */
  readonly suffixes: readonly string[];
}

/** IPv4 addresses from `first` on, up to the next interval, with the places of the rules for them, ascending. */
export interface PacInterval {
  readonly first: number;
  readonly rules: readonly number[];
}

export interface PacPolicy {
  readonly rules: readonly PacRule[];
  /** Ascending. Undefined where addresses are left to the gateway. */
  readonly intervals: readonly PacInterval[] | undefined;
  /**
   * The place of the first rule that is for addresses and does not say `direct`; the number of rules where there is none. What a
   * rule behind it says of a name is left to the gateway if it is `direct`: a browser does not know to which addresses the
   * gateway would resolve the name.
   */
  readonly addressesFrom: number;
  /** Whether something is left to the gateway because there was no room for it. */
  readonly isCut: boolean;
}

/** Bytes of names and intervals in a file. Chromium takes files up to 1 MiB, and ignores one that is longer. */
export const PAC_ENTRIES_BYTES = 900 * 1024;
/** What a rule takes beside its names, each range of ports, each interval, and each rule of an interval: at the most. */
const RULE_BYTES = 64;
const PORTS_BYTES = 16;
const INTERVAL_BYTES = 20;
const INTERVAL_RULE_BYTES = 6;

export interface PacSubject {
  /** Undefined where there are no rules. */
  readonly tables: RuleTables | undefined;
  readonly lines: readonly Line[];
  /** Names for which the configuration has addresses (`hosts`), which only the gateway knows. */
  readonly hosts: readonly string[];
}

export function pacPolicy({ tables, lines, hosts }: PacSubject, bytes_max = PAC_ENTRIES_BYTES): PacPolicy {
  const rules = new PacRules(bytes_max);
  if (hosts.length > 0) rules.add({ action: 'gateway', ports: [], anywhere: false, names: hosts, suffixes: [] });
  if (tables === undefined) return rules.policy([], []);
  const found = listed(tables, bytes_max);
  const places = found.rules.map(({ names, suffixes, ports, anywhere, isTooLong }, number) => {
    if (isTooLong) return rules.cutOff();
    const ruling = tables.rulings[tables.rulingOf[number] as number] as Ruling;
    const isForSome = tables.clients !== undefined && tables.clients.conditionsOf[number] !== 0;
    return rules.add({ action: isForSome ? 'gateway' : actionOf(ruling, lines), ports, anywhere, names, suffixes });
  });
  const placesOf = (numbers: readonly number[]): readonly number[] => [
    ...new Set(numbers.map((number) => places[number] as number)),
  ];
  const intervals = found.intervals.map(({ first, rules: numbers }) => ({ first, rules: placesOf(numbers) }));
  return rules.policy(intervals, placesOf(found.addressed));
}

/** Direct: it may use direct lines only, and one of them leaves source and link to the kernel, as a browser does. */
function actionOf(ruling: Ruling, lines: readonly Line[]): PacAction {
  if (ruling === 'block') return 'refuse';
  if (ruling.lines === undefined) return 'gateway';
  const allowed = ruling.lines.map((number) => lines.find((line) => line.number === number));
  return allowed.every((line) => line?.isDirect) && allowed.some((line) => line !== undefined && isPlain(line))
    ? 'direct'
    : 'gateway';
}

const isPlain = ({ source: { ip, device, auto, mark } }: Line): boolean =>
  ip === undefined && device === undefined && auto === undefined && mark === undefined;

type Growing = PacRule & { readonly names: string[]; readonly suffixes: string[] };

/** The rules so far. When there is no room for the next one, everything from there on is left to the gateway. */
class PacRules {
  readonly #rules: Growing[] = [];
  #free_bytes: number;
  /** The place of the rule that leaves everything to the gateway, once there is one. */
  #cut: number | undefined;

  constructor(free_bytes: number) {
    this.#free_bytes = free_bytes;
  }

  /** Returns the place of the rule. */
  add(rule: PacRule): number {
    if (this.#cut !== undefined) return this.#cut;
    const last = this.#rules[this.#rules.length - 1];
    const joined = last !== undefined && isSame(last, rule) ? last : undefined;
    this.#free_bytes -= bytesOf(rule.names) + bytesOf(rule.suffixes);
    if (joined === undefined) this.#free_bytes -= RULE_BYTES + rule.ports.length * PORTS_BYTES;
    if (this.#free_bytes < 0) return this.cutOff();
    if (joined === undefined) this.#rules.push({ ...rule, names: [...rule.names], suffixes: [...rule.suffixes] });
    for (const name of joined === undefined ? [] : rule.names) joined?.names.push(name);
    for (const name of joined === undefined ? [] : rule.suffixes) joined?.suffixes.push(name);
    return this.#rules.length - 1;
  }

  cutOff(): number {
    this.#cut ??= this.#rules.push({ action: 'gateway', ports: [], anywhere: true, names: [], suffixes: [] }) - 1;
    return this.#cut;
  }

  /** `addressed`: the places of all rules that are for addresses. */
  policy(intervals: readonly PacInterval[], addressed: readonly number[]): PacPolicy {
    for (const { rules } of intervals) this.#free_bytes -= INTERVAL_BYTES + rules.length * INTERVAL_RULE_BYTES;
    const isCut = this.#cut !== undefined || this.#free_bytes < 0;
    const judged = addressed.filter((place) => this.#rules[place]?.action !== 'direct');
    const addressesFrom = Math.min(this.#rules.length, ...judged);
    return { rules: this.#rules, intervals: isCut ? undefined : intervals, addressesFrom, isCut };
  }
}

function isSame(one: PacRule, other: PacRule): boolean {
  const says = ({ action, ports, anywhere }: PacRule): string => JSON.stringify([action, ports, anywhere]);
  return says(one) === says(other);
}

/** With the space behind each. */
const bytesOf = (names: readonly string[]): number => names.reduce((sum, name) => sum + name.length + 1, 0);
