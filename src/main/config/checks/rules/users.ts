// Warns of rules for users that there are not: such a rule applies to nobody. A user may be added to `users_file` later, so it is
// no error. It changes no rule.
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import { shown } from '../../diagnostics/mask.js';
import { inside, type Place } from '../../diagnostics/place.js';
import { closest } from '../../diagnostics/suggest.js';
import type { RuleSetting } from './rules.js';

/** `users`: their names; undefined where no users are set. `place`: that of the list of rules. */
export function warnOfStrangers(
  rules: readonly RuleSetting[],
  users: ReadonlySet<string> | undefined,
  place: Place,
  diagnostics: Diagnostics,
): void {
  const known = [...(users ?? [])];
  for (const [index, { clients }] of rules.entries()) {
    const at = inside(inside(place, index), 'user');
    if (clients === undefined || clients.user.length === 0) continue;
    if (users === undefined) {
      diagnostics.warn(at, 'no users are set: the rule is for nobody');
      continue;
    }
    for (const name of clients.user) {
      if (users.has(name)) continue;
      diagnostics.warn(at, () => `${shown(name, 'user')} is not the name of a user now${meant(closest(name, known))}`);
    }
  }
}

const meant = (name: string | undefined): string => (name === undefined ? '' : `; did you mean "${name}"?`);
