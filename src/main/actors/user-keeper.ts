// The keeper of users, as the actors need it: all hear of those that it knows, and ask its judge.
import type { KnownUser } from '../../protocol/users/user-entry.js';
import { UserKeeper } from '../users/keeper.js';
import type { SupervisorParts } from './supervisor-parts.js';
import type { Switchboard } from './switchboard.js';

/** `changed` is called when other users are in force. */
export function userKeeper(
  { users, options, log, notices }: SupervisorParts,
  switchboard: Switchboard,
  changed: () => Promise<void>,
): UserKeeper {
  const publish = async (known: readonly KnownUser[]): Promise<void> => {
    await switchboard.setUsers(known);
    await changed();
  };
  const keeper = new UserKeeper({ users, lines: options.lines, log, notices, publish });
  switchboard.serveJudge({ judge: (claim) => keeper.judge.judge(claim) });
  return keeper;
}
