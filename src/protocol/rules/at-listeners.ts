// Rules of a configuration name listeners by their place in it. This gives them other names: numbers that do not depend on the
// configuration, or texts to compare two configurations by.
import type { ClientConditions } from './clients.js';
import type { Rule } from './rule.js';

/** `numbers`: by the place in the configuration. */
export function rulesAt(rules: readonly Rule[], numbers: readonly number[]): readonly Rule[] {
  const at = (places: readonly number[]) => places.map((place) => numbers[place]).sort((a, b) => a - b);
  return rules.map((rule) => withListeners(rule, at));
}

/** Equal for rules that say the same of the same listeners. `identities`: by the place in the configuration. */
export function comparable(rules: readonly Rule[], identities: readonly string[]): readonly unknown[] {
  return rules.map((rule) => withListeners(rule, (places) => places.map((place) => identities[place]).sort()));
}

type Heard<Of> = Omit<Rule, 'clients'> & {
  readonly clients?: Omit<ClientConditions, 'listener'> & { readonly listener: Of };
};

function withListeners<Of>(rule: Rule, named: (places: readonly number[]) => Of): Heard<Of> | Rule {
  const { clients } = rule;
  if (clients === undefined || clients.listener.length === 0) return rule;
  return { ...rule, clients: { ...clients, listener: named(clients.listener) } };
}
