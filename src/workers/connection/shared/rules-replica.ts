// The rules that this actor applies: consulted once for every connection, and with range rules also for each address that a
// name resolves to. They are replaced as a whole when main has compiled new ones, and are not applied again to established
// connections.
import type { Target } from '../../../protocol/address/target.js';
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

  /** Whether a line may dial an address that a name resolves to. The rule for the name has already chosen the lines. */
  allows(line: number, ip: Uint8Array, target: Target): boolean {
    if (this.#rules === undefined || !this.#rules.haveRanges) return true;
    const ruling = this.#rules.matchResolved(target, ip);
    return ruling === undefined || (ruling !== 'block' && (ruling.lines?.includes(line) ?? true));
  }
}
