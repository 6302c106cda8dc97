// The keeper of users, as the actors need it: all hear of those that it knows, and ask its judge.
import type { KnownUser } from '../../protocol/users/user-entry.js';
import { UserKeeper } from '../users/keeper.js';
import type { SupervisorParts } from './supervisor-parts.js';
import type { Switchboard } from './switchboard.js';

export function userKeeper({ users, options, log, notices }: SupervisorParts, switchboard: Switchboard): UserKeeper {
  const publish = (known: readonly KnownUser[]): Promise<void> => switchboard.setUsers(known);
  const keeper = new UserKeeper({ users, lines: options.lines, log, notices, publish });
  switchboard.serveJudge({ judge: (claim) => keeper.judge.judge(claim) });
  return keeper;
}
