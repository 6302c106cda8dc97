// Which lines a connection may use: by the rule that is for it, as its user, and by what an operator has set by hand. Where none is
// left it says why.
import type { Target } from '../../protocol/address/target.js';
import { type Failure, failureOf } from '../../protocol/race/failure.js';
import { narrowed } from '../../protocol/rules/narrowed.js';
import type { Choice } from '../../protocol/rules/rule.js';
import type { User } from '../../protocol/users/user.js';
import type { Clients } from './clients.js';
import type { DialLine } from './shared/dialling/dial-lines.js';
import { noLineLeft } from './shared/dialling/no-line-left.js';
import type { LineSteering } from './shared/line-steering.js';
import type { RulesReplica } from './shared/replicas/rules.js';

/** The parts of the actor's context that this needs. */
export interface AllowedParts {
  readonly rules: Pick<RulesReplica, 'placeFor'>;
  readonly clients: Pick<Clients, 'of'>;
  readonly steering: Pick<LineSteering, 'narrowed' | 'pinned'>;
  readonly lines: readonly Pick<DialLine, 'name'>[];
  readonly allLines: readonly number[];
}

/** `ruling`: of the rule. `own`: the lines that the user may use. Undefined for each: all. The result has at least one line. */
export function allowedLines(
  { rules, clients, steering, lines, allLines }: AllowedParts,
  target: Target,
  ruling: Choice | undefined,
  own: readonly number[] | undefined,
  connection: number,
  user: User | undefined,
): Choice | undefined | Failure {
  const choice = narrowed(ruling, own);
  if (own !== undefined && ruling !== undefined && choice?.lines?.length === 0) {
    const client = clients.of(connection, user);
    return noLineLeft(rules.placeFor(target, client), ruling, client.user?.name, own, lines);
  }
  const left = steering.narrowed(choice, target, allLines);
  if (left === choice || left?.lines?.length !== 0) return left;
  const pinned = steering.pinned(choice?.lines ?? allLines, target);
  return failureOf('line-paused', pinned && `pinned to line ${JSON.stringify(lines[pinned.line].name)}`);
}
