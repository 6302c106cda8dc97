// What of a rule's choice is left to a user who may use only some lines.
import type { Choice } from './rule.js';

/** `lines`: numbers, ascending; undefined for all. The result may have no lines. */
export function narrowed(choice: Choice | undefined, lines: readonly number[] | undefined): Choice | undefined {
  if (lines === undefined) return choice;
  if (choice === undefined) return { lines, sticky: false };
  return { ...choice, lines: choice.lines?.filter((line) => lines.includes(line)) ?? lines };
}
