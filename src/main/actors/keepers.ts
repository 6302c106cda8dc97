// Main's keepers of what is known of lines, joined with the actors that hear of it.
import type { LineEvent } from '../../protocol/lines/health/health.js';
import type { RoutesControl } from '../../threads/contracts/routes.js';
import type { Remote } from '../../threads/port.js';
import type { Carried } from '../../threads/shared/line-bytes.js';
import { UserTable } from '../../threads/shared/user-table.js';
import { BudgetKeeper, type BudgetParts } from '../budgets/keeper.js';
import { SteeringKeeper } from '../steering/keeper.js';
import type { SupervisorParts } from './supervisor-parts.js';
import type { Switchboard } from './switchboard.js';

interface BudgetActors {
  readonly routes: { readonly control: Remote<RoutesControl> | undefined };
  readonly connections: { carried(line: number): Carried };
}

/** `mayWrite`: whether this process may write a state file. */
export function budgetKeeper(
  { options, notices, log, left }: SupervisorParts,
  { routes, connections }: BudgetActors,
  switchboard: Switchboard,
  userTable: SharedArrayBuffer,
  mayWrite: (path: string | null) => boolean,
): BudgetKeeper {
  const tell = (lines: readonly LineEvent[]): void => void routes.control?.tellLines(lines).catch(() => {});
  const carried = (line: number): Carried => connections.carried(line);
  const table = new UserTable(userTable);
  const users = () => switchboard.generation.users;
  const askSite: BudgetParts['askSite'] = (own) => switchboard.askBudgets(own);
  return new BudgetKeeper(options, { carried, tell, notices, log, mayWrite, table, users, askSite }, left?.usage);
}

/** Has the switchboard know what was left at once. */
export function steeringKeeper({ options, log, left }: SupervisorParts, switchboard: Switchboard): SteeringKeeper {
  const keeper = new SteeringKeeper(
    options.lines,
    { log, tell: (steering) => switchboard.setSteering(steering) },
    left?.steering,
  );
  void switchboard.setSteering(keeper.steering);
  return keeper;
}
