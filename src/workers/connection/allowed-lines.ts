// Which lines a connection may use: by the rule that is for it, as its user, and by what an operator has set by hand. Where none is
// left it says why. It finds out who the client is only where rules, or what follows from them, need it.
import type { Target } from '../../protocol/address/target.js';
import type { QuietKeys } from '../../protocol/quiet/quiet.js';
import { type Failure, failureOf } from '../../protocol/race/failure.js';
import { narrowed } from '../../protocol/rules/narrowed.js';
import type { Choice } from '../../protocol/rules/rule.js';
import type { Client } from '../../protocol/users/client.js';
import type { User } from '../../protocol/users/user.js';
import type { UserRights } from './client/authenticator.js';
import type { Clients } from './clients.js';
import type { DialLine } from './shared/dialling/dial-lines.js';
import { noLineLeft } from './shared/dialling/no-line-left.js';
import type { LineSteering } from './shared/line-steering.js';
import type { RulesReplica } from './shared/replicas/rules.js';

/** The parts of the actor's context that this needs. */
export interface AllowedParts {
  readonly rules: Pick<RulesReplica, 'needClient' | 'match' | 'blocks' | 'placeFor'>;
  readonly clients: Pick<Clients, 'of' | 'usualLines'>;
  readonly authenticator: Pick<UserRights, 'linesOf'>;
  readonly steering: Pick<LineSteering, 'narrowed' | 'pinned'>;
  readonly lines: readonly Pick<DialLine, 'name'>[];
  readonly allLines: readonly number[];
}

export interface Allowed {
  readonly code: 'allowed';
  /** With at least one line; undefined for all. */
  readonly choice: Choice | undefined;
  /** What the rule for the target says of quiet connections. */
  readonly quiet: QuietKeys | undefined;
  /** The client where rules need it, and where the race does. */
  readonly asker: Client | undefined;
  readonly client: Client | undefined;
}

/** `connection`: its number in the records. */
export function allowedLines(
  parts: AllowedParts,
  target: Target,
  connection: number,
  user: User | undefined,
): Allowed | Failure {
  const { rules, clients, authenticator, steering, lines, allLines } = parts;
  const asker = rules.needClient ? clients.of(connection, user) : undefined;
  const ruling = rules.match(target, asker);
  if (ruling === 'block') return rules.blocks(target, asker);
  const own = user === undefined ? clients.usualLines : authenticator.linesOf(user.name);
  const choice = narrowed(ruling, own);
  if (own !== undefined && ruling !== undefined && choice?.lines?.length === 0) {
    const client = asker ?? clients.of(connection, user);
    return noLineLeft(rules.placeFor(target, client), ruling, client.user?.name, own, lines);
  }
  const left = steering.narrowed(choice, target, allLines);
  if (left !== choice && left?.lines?.length === 0) {
    const pinned = steering.pinned(choice?.lines ?? allLines, target);
    return failureOf('line-paused', pinned && `pinned to line ${JSON.stringify(lines[pinned.line].name)}`);
  }
  const client = ruling?.sticky ? (asker ?? clients.of(connection, user)) : asker;
  return { code: 'allowed', choice: left, quiet: ruling?.quiet, asker, client };
}
