// What a part of the upstream tree may carry in a month. All lines below that part share it. When it is spent, they go back
// by one tier until the month is over. Pure: what has been carried, and the day, are arguments.
import { type Day, type Month, monthOf } from './month.js';

export interface Budget {
  /** The name of the part of the tree, or those of its lines. */
  readonly name: string;
  readonly bytes: number;
  /** The day on which its months begin, 1 to 28. */
  readonly day: number;
  /** The numbers of the lines that share it. */
  readonly lines: readonly number[];
}

/** How much of a budget is used. */
export interface BudgetState extends Month {
  readonly name: string;
  /** Of `bytes`, both directions together. */
  readonly used: number;
  readonly bytes: number;
  readonly lines: readonly number[];
  readonly isSpent: boolean;
}

/** `carried`: the bytes that a line has carried in a month. */
export function budgetState(
  { name, bytes, day, lines }: Budget,
  today: Day,
  carried: (line: number, month: Month) => number,
): BudgetState {
  const month = monthOf(today, day);
  const used = lines.reduce((sum, line) => sum + carried(line, month), 0);
  return { name, used, bytes, lines, ...month, isSpent: used >= bytes };
}

/** How many of the budgets that a line shares are spent: so many tiers it goes back. 0 for lines that are not in the map. */
export function spentBudgets(states: readonly BudgetState[]): ReadonlyMap<number, number> {
  const spent = new Map<number, number>();
  for (const { lines, isSpent } of states) {
    if (isSpent) for (const line of lines) spent.set(line, (spent.get(line) ?? 0) + 1);
  }
  return spent;
}

/** A part of the tree with a budget, before its lines are known. */
export interface BudgetedPart {
  /** The configured name of the part, if it has one. */
  readonly name: string | undefined;
  readonly bytes: number;
  readonly day: number;
}

/** What of a line is needed here. */
interface Sharing {
  readonly name: string;
  readonly number: number;
}

/** Lines of one budget that a message names. */
const NAMED_MAX = 3;

export function budgetOf({ name, bytes, day }: BudgetedPart, lines: readonly Sharing[]): Budget {
  const names = lines.slice(0, NAMED_MAX).map((line) => line.name);
  const more = lines.length - names.length;
  const all = more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
  return { name: name ?? all, bytes, day, lines: lines.map(({ number }) => number) };
}
