// What an operator must hear of budgets: that one is spent, has room again, or that its month has begun anew. Pure.
import type { BudgetState } from '../../protocol/budget/budget.js';
import type { Notice } from '../../protocol/notices/notice.js';
import { byteCount } from '../../protocol/text/byte-count.js';

/** `before`: the states at the last look; a budget that was not there then is new. */
export function changesOf(before: readonly BudgetState[], after: readonly BudgetState[]): readonly Notice[] {
  return after.flatMap((now) => changeOf(before.find(isSame(now)), now) ?? []);
}

const isSame =
  ({ name, lines }: BudgetState) =>
  (other: BudgetState): boolean =>
    other.name === name && other.lines.length === lines.length && other.lines.every((line, at) => line === lines[at]);

function changeOf(before: BudgetState | undefined, now: BudgetState): Notice | undefined {
  const isNew = before !== undefined && before.begins < now.begins;
  const wasSpent = before?.isSpent ?? false;
  if (!isNew && wasSpent === now.isSpent) return undefined;
  return {
    topic: `budget ${now.name}`,
    good: !now.isSpent,
    level: now.isSpent ? 'warn' : 'info',
    message: `budget ${JSON.stringify(now.name)} ${whatOf(isNew ? before : undefined, now)}`,
    fields: { budget: now.name, used: now.used, of: now.bytes, since: now.begins, until: now.ends },
  };
}

/** `last`: the month before, where another one begins. */
function whatOf(last: BudgetState | undefined, now: BudgetState): string {
  const used = `${byteCount(now.used)} of ${byteCount(now.bytes)}`;
  if (now.isSpent) return `is spent (${used} since ${now.begins}): its lines go back by one tier until ${now.ends}`;
  if (last === undefined) return `has room again (${used} since ${now.begins}): its lines are back in their tiers`;
  const back = last.isSpent ? ', and its lines are back in their tiers' : '';
  return `begins anew on ${now.begins}: ${byteCount(last.used)} of ${byteCount(last.bytes)} were used in the month before${back}`;
}
