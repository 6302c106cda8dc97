// The failure of a user who may use none of the lines that a rule leaves, with the rule and both lists of lines in words. It
// decides nothing: see protocol/rules/narrowed.ts.
import { type Failure, failureOf } from '../../../../protocol/race/failure.js';
import type { Choice } from '../../../../protocol/rules/rule.js';
import type { DialLine } from './dial-lines.js';

/** Lines that are named of each list; the others are counted, since a list may have a thousand. */
const NAMED_MAX = 5;

/**
 * `rule`: its place in the configuration. `choice`: what it leaves. `user`: the name. `own`: the numbers of the user's lines.
 * `lines`: by number.
 */
export function noLineLeft(
  rule: number,
  choice: Choice,
  user: string | undefined,
  own: readonly number[],
  lines: readonly Pick<DialLine, 'name'>[],
): Failure {
  const named = (numbers: readonly number[]): string => {
    const names = numbers.slice(0, NAMED_MAX).map((number) => lines[number]?.name);
    const others = numbers.length - names.length;
    return others > 0 ? `${names.join(', ')} and ${others} more` : names.join(', ');
  };
  const who = user === undefined ? 'the user' : `user ${user}`;
  return failureOf(
    'kept-away',
    `rules[${rule}] leaves only ${named(choice.lines ?? [])}; ${who} may use only ${named(own)}`,
  );
}
