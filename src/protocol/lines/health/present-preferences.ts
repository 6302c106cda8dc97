// The preferences of lines as they are at the moment: a line whose budget is spent has gone back by a tier.
import type { Line } from '../line.js';
import { Preferences } from '../preferences.js';
import type { LineHealth } from './health.js';

interface Preferring {
  readonly lines: readonly Line[];
  readonly budgets: readonly unknown[];
}

/** Undefined where nothing distinguishes the lines, nor ever will. */
export function preferencesOf(
  { lines, budgets }: Preferring,
  health: Pick<LineHealth, 'spentBudgets'>,
): Preferences | undefined {
  return Preferences.of(lines, budgets.length === 0 ? undefined : (line) => health.spentBudgets(line));
}
