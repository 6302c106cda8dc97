// The rules that this actor applies: consulted once for every connection, and with range rules also for each address that a
// name resolves to. They are replaced as a whole when main has compiled new ones, and are not applied again to established
// connections.
import type { Target } from '../../../protocol/address/target.js';
import { byRule, type Failure } from '../../../protocol/race/failure.js';
import type { RuleTables } from '../../../protocol/rules/compile.js';
import { Rules } from '../../../protocol/rules/match.js';
import type { Ruling } from '../../../protocol/rules/rule.js';

export class RulesReplica {
  #rules: Rules | undefined;

  constructor(tables: RuleTables | undefined) {
    this.#rules = tables && new Rules(tables);
  }

  /** Replaces all rules. */
  set(tables: RuleTables): void {
    this.#rules = new Rules(tables);
  }

  /** The ruling for a target; undefined if no rule matches. */
  match(target: Target): Ruling | undefined {
    return this.#rules === undefined ? undefined : this.#rules.match(target);
  }

  /** The rule that is for a target, and what it says. */
  ruled(target: Target): { readonly rule: number; readonly ruling: Ruling } | undefined {
    const ruling = this.match(target);
    return ruling === undefined ? undefined : { rule: (this.#rules as Rules).find(target), ruling };
  }

  /** Which rule blocks a target, for one that `match` says is blocked. */
  blocks(target: Target): Failure {
    return byRule('blocked', (this.#rules as Rules).find(target));
  }

  /**
   * Why a line must not dial an address that a name resolves to; undefined if it may. The rule for the name has chosen the
   * lines already.
   */
  forbids(line: number, ip: Uint8Array, target: Target): Failure | undefined {
    if (this.#rules === undefined || !this.#rules.haveRanges) return undefined;
    const ruling = this.#rules.matchResolved(target, ip);
    if (ruling === undefined || (ruling !== 'block' && (ruling.lines?.includes(line) ?? true))) return undefined;
    return byRule(ruling === 'block' ? 'blocked' : 'kept-away', this.#rules.findResolved(target, ip));
  }
}
