// Turns names of listeners in rules into the numbers of the listeners. It checks nothing else of a rule.
import type { ClientConditions } from '../../../../protocol/rules/clients.js';
import { type Diagnostics, hint } from '../../diagnostics/diagnostics.js';
import { shown } from '../../diagnostics/mask.js';
import { inside, type Place } from '../../diagnostics/place.js';
import type { RuleSetting } from './rules.js';

/** A rule that has names of lines, and numbers of listeners. */
export type HeardRule = Omit<RuleSetting, 'clients'> & { readonly clients?: ClientConditions };

/**
 * `listeners`: their names, by number; undefined where they are wrong themselves. `place`: that of the list of rules. A name
 * that no listener has is an error.
 */
export function rulesAtListeners(
  rules: readonly RuleSetting[],
  listeners: readonly string[] | undefined,
  place: Place,
  diagnostics: Diagnostics,
): readonly HeardRule[] {
  return rules.map(({ clients, ...rule }, index) => {
    if (clients === undefined) return rule;
    const at = inside(inside(place, index), 'listener');
    const numbers = clients.listener.map((name) => {
      if (name === undefined || listeners === undefined) return -1;
      const number = listeners.indexOf(name);
      if (number >= 0) return number;
      diagnostics.error(at, () => `${shown(name, 'listener')} is not the name of a listener; ${hint(name, listeners)}`);
      return -1;
    });
    return { ...rule, clients: { ...clients, listener: [...new Set(numbers)].sort((a, b) => a - b) } };
  });
}
