// The rules that this actor applies: consulted once for every connection, and with range rules also for each address that a
// name resolves to. They are replaced as a whole when main has compiled new ones, and are not applied again to established
// connections.
import type { Target } from '../../../../protocol/address/target.js';
import type { QuietKeys } from '../../../../protocol/quiet/quiet.js';
import { byRule, type Failure } from '../../../../protocol/race/failure.js';
import type { RuleTables } from '../../../../protocol/rules/compile.js';
import { Rules } from '../../../../protocol/rules/match.js';
import type { Ruling } from '../../../../protocol/rules/rule.js';
import type { Client } from '../../../../protocol/users/client.js';
import type { Ruled } from '../../../../threads/contracts/connection.js';

export class RulesReplica {
  #rules: Rules | undefined;

  constructor(tables: RuleTables | undefined) {
    this.#rules = tables && new Rules(tables);
  }

  /** Replaces all rules. */
  set(tables: RuleTables): void {
    this.#rules = new Rules(tables);
  }

  /** Whether the other methods need the client: if not, any client matches as `undefined` does. */
  get needClient(): boolean {
    return this.#rules?.needClient === true;
  }

  /** The ruling for a target and a client; undefined if no rule matches. */
  match(target: Target, client: Client | undefined): Ruling | undefined {
    return this.#rules === undefined ? undefined : this.#rules.match(target, client);
  }

  /** The rule that is for a target and a client, and those before it that are for other clients. */
  ruled(target: Target, client: Client | undefined): Ruled {
    const rule = this.placeFor(target, client);
    const passedOver = this.#rules?.passedOver(target, client) ?? [];
    const ruling = this.match(target, client);
    return { ...(ruling === undefined ? {} : { rule, ruling }), passedOver };
  }

  /** The place in the configuration of the rule whose ruling `match` gives; -1 for none. */
  placeFor(target: Target, client: Client | undefined): number {
    return this.#rules?.find(target, client) ?? -1;
  }

  /** Which rule blocks a target, for one that `match` says is blocked. */
  blocks(target: Target, client: Client | undefined): Failure {
    return byRule('blocked', this.placeFor(target, client));
  }

  /**
   * What the rule for an address to which a name resolved says of quiet connections; undefined where that is left to the rule
   * for the target. `ip`: undefined where the name was left to a proxy.
   */
  quietAt(target: Target, ip: Uint8Array | undefined, client: Client | undefined): QuietKeys | undefined {
    if (this.#rules === undefined || !this.#rules.quietRanges || ip === undefined) return undefined;
    if (target.ip !== undefined) return undefined;
    const ruling = this.#rules.matchResolved(target, ip, client);
    return ruling === 'block' ? undefined : ruling?.quiet;
  }

  /**
   * Why a line must not dial an address that a name resolves to; undefined if it may. The rule for the name has chosen the
   * lines already.
   */
  forbids(line: number, ip: Uint8Array, target: Target, client: Client | undefined): Failure | undefined {
    if (this.#rules === undefined || !this.#rules.haveRanges) return undefined;
    const ruling = this.#rules.matchResolved(target, ip, client);
    if (ruling === undefined || (ruling !== 'block' && (ruling.lines?.includes(line) ?? true))) return undefined;
    return byRule(ruling === 'block' ? 'blocked' : 'kept-away', this.#rules.findResolved(target, ip, client));
  }
}
