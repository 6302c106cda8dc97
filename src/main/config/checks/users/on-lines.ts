// The last step of checking users, after the lines are made: turns names of lines into their numbers, and finds users that are
// configured twice. It checks nothing else of a user.
import type { Line } from '../../../../protocol/lines/line.js';
import type { UserEntry } from '../../../../protocol/users/user-entry.js';
import { type Diagnostics, hint } from '../../diagnostics/diagnostics.js';
import { shown } from '../../diagnostics/mask.js';
import { inside, type Place } from '../../diagnostics/place.js';
import { entryAt } from '../values/one-or-list.js';
import type { UserSetting } from './users.js';

/** `place`: that of the users. A name that no line has is an error. */
export function usersOnLines(
  users: readonly UserSetting[],
  lines: readonly Pick<Line, 'name' | 'number'>[],
  place: Place,
  diagnostics: Diagnostics,
): readonly UserEntry[] {
  const names = lines.map(({ name }) => name);
  const numbers = new Map(lines.map(({ name, number }) => [name, number]));
  return users.map(({ name, password, lines: own, limits }) => {
    const found = own?.flatMap((line, position) => {
      const number = numbers.get(line);
      if (number !== undefined) return [number];
      const at = entryAt(own, position, inside(inside(place, name), 'lines'));
      diagnostics.error(at, () => `${shown(line, '')} is not the name of a line; ${hint(line, names)}`);
      return [];
    });
    const lines = found && [...new Set(found)].sort((a, b) => a - b);
    return limits === undefined ? { name, password, lines } : { name, password, lines, limits };
  });
}

/** `place`: that of the users of a file. `inline`: the names in `users`. */
export function rejectTwice(
  users: readonly UserSetting[],
  inline: ReadonlySet<string>,
  place: Place,
  diagnostics: Diagnostics,
): void {
  for (const { name } of users) {
    if (inline.has(name)) diagnostics.error(inside(place, name), 'is a user in "users" too; allowed: each user once');
  }
}
