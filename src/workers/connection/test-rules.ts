// What would become of a connection to a target: which rule is for it, what the egress policy says, and which lines are left. It
// starts no attempt.
import type { Target } from '../../protocol/address/target.js';
import { narrowed } from '../../protocol/rules/narrowed.js';
import type { RulesTested } from '../../threads/contracts/admin/rules.js';
import type { AskedFor } from '../../threads/contracts/connection.js';
import { asClient } from './as-client.js';
import type { Context } from './context.js';
import { type OutlookParts, outlook } from './race/outlook.js';

export type TestParts = OutlookParts & Pick<Context, 'rules' | 'clients' | 'authenticator' | 'egress'>;

/**
 * `as`: undefined for a client of this machine; which lines a user may use is known here. `isRaced`: whether the race is told too,
 * for which names are looked up.
 */
export async function testRules(
  parts: TestParts,
  numberOf: (listener: string) => number | undefined,
  { target, as, isRaced }: { readonly target: Target; readonly as: AskedFor | undefined; readonly isRaced: boolean },
): Promise<RulesTested> {
  const { clients, authenticator, rules, egress, options } = parts;
  if (as?.listener !== undefined && numberOf(as.listener) === undefined) return { code: 'unknown', what: 'listener' };
  const { client, lines: usual } = asClient(as, clients, options.lines, numberOf);
  const own = as?.user === undefined ? usual : authenticator.linesOf(as.user);
  // Every user has a line.
  if (own?.length === 0) return { code: 'unknown', what: 'user' };
  const ruled = rules.ruled(target, client);
  const permission = egress.mayAskFor(target, 0);
  const nothing = { code: 'tested', ruled, lines: [], outlook: undefined } as const;
  if (ruled.ruling === 'block') return { ...nothing, refused: 'blocked' };
  if (permission.code !== 'allowed') return { ...nothing, refused: permission.code };
  const left = narrowed(ruled.ruling, own)?.lines;
  const named = options.lines.filter(({ number }) => left?.includes(number) ?? true).map(({ name }) => name);
  const raced = isRaced ? await outlook(parts, target, client, own) : undefined;
  return { code: 'tested', ruled, refused: undefined, lines: named, outlook: raced };
}
