// Turns names of lines in rules into the numbers of the lines: the last step of checking rules, after the lines are made. It
// checks nothing else of a rule.
import type { Line } from '../../../../protocol/lines/line.js';
import type { Rule } from '../../../../protocol/rules/rule.js';
import { type Diagnostics, hint } from '../../diagnostics/diagnostics.js';
import { shown } from '../../diagnostics/mask.js';
import { inside, type Place } from '../../diagnostics/place.js';
import { entryAt } from '../values/one-or-list.js';
import type { HeardRule } from './listeners.js';

/** `place`: that of the list of rules. A name that no line has is an error. */
export function rulesOnLines(
  rules: readonly HeardRule[],
  lines: readonly Line[],
  place: Place,
  diagnostics: Diagnostics,
): readonly Rule[] {
  const names = lines.map(({ name }) => name);
  const numbers = new Map(lines.map(({ name, number }) => [name, number]));
  return rules.map((rule, index) => {
    if (rule.ruling === 'block') return { ...rule, ruling: 'block' };
    const { use, sticky, quiet } = rule.ruling;
    const found = use?.map((name, position) => {
      if (name === undefined) return -1;
      const line = numbers.get(name);
      if (line !== undefined) return line;
      const at = entryAt(use, position, inside(inside(place, index), 'use'));
      diagnostics.error(at, () => `${shown(name, 'use')} is not the name of a line; ${hint(name, names)}`);
      return -1;
    });
    const lines = found && [...new Set(found)].sort((a, b) => a - b);
    return { ...rule, ruling: { lines, sticky, ...(quiet && { quiet }) } };
  });
}
