// Finds the rule of a connection: the first rule that is for its target, by any kind of condition. It is called for every
// connection and allocates nothing. When the client asked for a name, an address to which the name resolves has the first
// rule that is for the name or for the address. What a ruling means is left to the caller.
import { embeddedIpv4 } from '../address/embedded-ipv4.js';
import type { Target } from '../address/target.js';
import { NO_RULE, RuleChains } from './chains.js';
import { CidrTable } from './cidr-table.js';
import type { RuleTables } from './compile.js';
import type { Ruling } from './rule.js';
import { SuffixTable } from './suffix-table.js';

export class Rules {
  readonly #tables: RuleTables;
  readonly #chains: RuleChains;
  readonly #names: SuffixTable;
  readonly #four: CidrTable;
  readonly #six: CidrTable;

  constructor(tables: RuleTables) {
    this.#tables = tables;
    this.#chains = new RuleChains(tables.chains);
    this.#names = new SuffixTable(tables.names, this.#chains);
    this.#four = new CidrTable(tables.four, this.#chains);
    this.#six = new CidrTable(tables.six, this.#chains);
  }

  /** Whether any rule is for addresses or ranges. */
  get haveRanges(): boolean {
    return this.#tables.four.heads.length > 0 || this.#tables.six.heads.length > 0;
  }

  /** The ruling for a target; undefined when no rule is for it. */
  match(target: Target): Ruling | undefined {
    return this.#rulingOf(this.find(target));
  }

  /** The ruling for an address to which the target, a name, resolves. */
  matchResolved(target: Target, ip: Uint8Array): Ruling | undefined {
    return this.#rulingOf(this.findResolved(target, ip));
  }

  #rulingOf(rule: number): Ruling | undefined {
    return rule < 0 ? undefined : this.#tables.rulings[this.#tables.rulingOf[rule]];
  }

  /** The rule's place in the configuration, or -1. */
  find({ host, ip, port }: Target): number {
    const anywhere = this.#chains.lower(this.#tables.anywhere, port, NO_RULE);
    const first = ip === undefined ? this.#names.lowest(host, port, anywhere) : this.#byAddress(ip, port, anywhere);
    return first === NO_RULE ? -1 : first;
  }

  /** The same for an address to which the target, a name, resolves. */
  findResolved({ host, port }: Target, ip: Uint8Array): number {
    const anywhere = this.#chains.lower(this.#tables.anywhere, port, NO_RULE);
    const first = this.#byAddress(ip, port, this.#names.lowest(host, port, anywhere));
    return first === NO_RULE ? -1 : first;
  }

  /** An IPv6 address that embeds an IPv4 address is in the ranges of both. */
  #byAddress(ip: Uint8Array, port: number, best: number): number {
    if (ip.length === 4) return this.#four.lowest(ip, port, best);
    const first = this.#six.lowest(ip, port, best);
    const four = embeddedIpv4(ip);
    return four === undefined ? first : this.#four.lowest(four, port, first);
  }
}
