// Finds the rule of a connection: the first rule that is for its target and its client. It is called for every connection
// and allocates nothing. When the client asked for a name, an address to which the name resolves has the first rule that is
// for the name or for the address. What a ruling means is left to the caller.
import { embeddedIpv4s } from '../address/embedded-ipv4.js';
import type { Target } from '../address/target.js';
import type { Client } from '../users/client.js';
import { NO_RULE, RuleChains } from './chains.js';
import { CidrTable } from './cidr-table.js';
import { RuleClients } from './clients.js';
import type { RuleTables } from './compile.js';
import type { Ruling } from './rule.js';
import { SuffixTable } from './suffix-table.js';

export class Rules {
  readonly #tables: RuleTables;
  readonly #chains: RuleChains;
  readonly #names: SuffixTable;
  readonly #four: CidrTable;
  readonly #six: CidrTable;
  readonly #clients: RuleClients | undefined;
  readonly #isQuietRuled: boolean;

  constructor(tables: RuleTables) {
    this.#tables = tables;
    this.#clients = tables.clients && new RuleClients(tables.clients);
    this.#isQuietRuled = tables.rulings.some((ruling) => ruling !== 'block' && ruling.quiet !== undefined);
    this.#chains = new RuleChains(tables.chains, this.#clients);
    this.#names = new SuffixTable(tables.names, this.#chains);
    this.#four = new CidrTable(tables.four, this.#chains);
    this.#six = new CidrTable(tables.six, this.#chains);
  }

  /** Whether any rule is for addresses or ranges. */
  get haveRanges(): boolean {
    return this.#tables.four.heads.length > 0 || this.#tables.six.heads.length > 0;
  }

  /** Whether the rule of an address to which a name resolves may say how quiet its connections may be. */
  get quietRanges(): boolean {
    return this.haveRanges && this.#isQuietRuled;
  }

  /** Whether any rule is for some clients only: then every look-up needs the client. */
  get needClient(): boolean {
    return this.#clients !== undefined;
  }

  /** The ruling for a target and a client; undefined when no rule is for them. */
  match(target: Target, client?: Client): Ruling | undefined {
    return this.#rulingOf(this.find(target, client));
  }

  /** The ruling for an address to which the target, a name, resolves. */
  matchResolved(target: Target, ip: Uint8Array, client?: Client): Ruling | undefined {
    return this.#rulingOf(this.findResolved(target, ip, client));
  }

  #rulingOf(rule: number): Ruling | undefined {
    return rule < 0 ? undefined : this.#tables.rulings[this.#tables.rulingOf[rule]];
  }

  /** The rule's place in the configuration, or -1. */
  find({ host, ip, port }: Target, client?: Client): number {
    const anywhere = this.#chains.lower(this.#tables.anywhere, port, NO_RULE, client);
    const first =
      ip === undefined ? this.#names.lowest(host, port, anywhere, client) : this.#byAddress(ip, port, anywhere, client);
    return first === NO_RULE ? -1 : first;
  }

  /** The same for an address to which the target, a name, resolves. */
  findResolved({ host, port }: Target, ip: Uint8Array, client?: Client): number {
    const anywhere = this.#chains.lower(this.#tables.anywhere, port, NO_RULE, client);
    const first = this.#byAddress(ip, port, this.#names.lowest(host, port, anywhere, client), client);
    return first === NO_RULE ? -1 : first;
  }

  /** The places, ascending, of the rules before the one that `find` finds which are for the target, but not for the client. */
  passedOver(target: Target, client?: Client): readonly number[] {
    let found = -1;
    const noted = this.#clients?.passedOver(() => {
      found = this.find(target, client);
    });
    return [...(noted ?? [])].filter((rule) => found < 0 || rule < found).sort((a, b) => a - b);
  }

  /** An IPv6 address that embeds an IPv4 address is in the ranges of both. */
  #byAddress(ip: Uint8Array, port: number, best: number, client: Client | undefined): number {
    if (ip.length === 4) return this.#four.lowest(ip, port, best, client);
    let first = this.#six.lowest(ip, port, best, client);
    for (const four of embeddedIpv4s(ip)) first = this.#four.lowest(four, port, first, client);
    return first;
  }
}
