// The rules by which this actor goes: asked once for every connection, replaced as a whole when main has compiled new
// ones. Connections that stand are not asked about again.
import type { Ruling } from '../../protocol/rule.js';
import type { RuleTables } from '../../protocol/rule-tables.js';
import { Rules } from '../../protocol/rules.js';
import type { Target } from '../../protocol/target.js';

export class RuleBook {
  #rules: Rules | undefined;

  constructor(tables: RuleTables | undefined) {
    this.#rules = tables && new Rules(tables);
  }

  set(tables: RuleTables): void {
    this.#rules = new Rules(tables);
  }

  /** undefined: no rule is for it. */
  match(target: Target): Ruling | undefined {
    return this.#rules === undefined ? undefined : this.#rules.match(target);
  }
}
