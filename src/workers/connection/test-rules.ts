// What would become of a connection to a target: which rule is for it, what the egress policy says, and which lines are left. It
// starts no attempt.
import type { Target } from '../../protocol/address/target.js';
import { narrowed } from '../../protocol/rules/narrowed.js';
import type { RulesTested, TestedMore } from '../../threads/contracts/admin/rules.js';
import type { AskedFor } from '../../threads/contracts/connection.js';
import { asClient } from './as-client.js';
import type { Context } from './context.js';
import { type FlowOutlookForParts, flowOutlookFor } from './flow-outlook.js';
import { type OutlookParts, outlook } from './race/outlook.js';

export type TestParts = OutlookParts &
  FlowOutlookForParts &
  Pick<Context, 'rules' | 'clients' | 'authenticator' | 'egress'>;

/**
 * `as`: undefined for a client of this machine; which lines a user may use is known here. `more`: whether the race
 * or the flow is told too, for which names are looked up.
 */
export async function testRules(
  parts: TestParts,
  numberOf: (listener: string) => number | undefined,
  {
    target,
    as,
    more,
  }: { readonly target: Target; readonly as: AskedFor | undefined; readonly more: TestedMore | undefined },
): Promise<RulesTested> {
  const { clients, authenticator, rules, egress, options } = parts;
  if (as?.listener !== undefined && numberOf(as.listener) === undefined) return { code: 'unknown', what: 'listener' };
  const { client, lines: usual } = asClient(as, clients, options.lines, numberOf);
  const own = as?.user === undefined ? usual : authenticator.linesOf(as.user);
  // Every user has a line.
  if (own?.length === 0) return { code: 'unknown', what: 'user' };
  const ruled = rules.ruled(target, client);
  const permission = egress.mayAskFor(target, 0);
  const flow = more === 'flow' ? await flowOutlookFor(parts, target, client, own) : undefined;
  const nothing = { code: 'tested', ruled, lines: [], outlook: undefined, flow } as const;
  if (ruled.ruling === 'block') return { ...nothing, refused: 'blocked' };
  if (permission.code !== 'allowed') return { ...nothing, refused: permission.code };
  const left = narrowed(ruled.ruling, own)?.lines;
  const named = options.lines.filter(({ number }) => left?.includes(number) ?? true).map(({ name }) => name);
  const raced = more === 'race' ? await outlook(parts, target, client, own) : undefined;
  return { code: 'tested', ruled, refused: undefined, lines: named, outlook: raced, flow };
}
