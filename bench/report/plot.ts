// A plot as the page has it, and rows made into the bars of one.
import { type Bar, barPlot } from './bars.js';
import type { Entrant, Look } from './looks.js';
import type { Markup } from './markup.js';

export interface Plot {
  readonly title: string;
  readonly unit: string;
  /** What one must know to read it. */
  readonly hint: string;
  readonly drawing: Markup;
}

export interface Setting {
  readonly baseline: string;
  look(row: Entrant): Look;
}

/** One quantity of some rows, as bars. */
export interface RowBars<Some> {
  readonly title: string;
  readonly hint: string;
  readonly unit: string;
  of(row: Some): number;
  /** What it is made up of, where it is. */
  parts?(row: Some): readonly number[];
  /** Its value in each round. */
  rounds(row: Some): readonly number[];
}

export function rowBars<Some extends Entrant>(
  rows: readonly Some[],
  { baseline, look }: Setting,
  what: RowBars<Some>,
): Plot {
  const { title, hint, unit, of, parts, rounds } = what;
  const base = rows.find(({ subject }) => subject === baseline);
  const bars = rows.map(
    (row): Bar => ({
      look: look(row),
      value: of(row),
      parts: parts?.(row) ?? [of(row)],
      rounds: rounds(row),
      ratio: base === undefined ? undefined : of(row) / of(base),
    }),
  );
  return { title, unit, hint, drawing: barPlot({ title, unit, baseline: base?.subject, bars }) };
}
