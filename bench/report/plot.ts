// A plot as the page has it, and rows made into the bars of one.
import type { Row } from '../summary.js';
import { type Bar, barPlot } from './bars.js';
import type { Look } from './looks.js';
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
  look(row: Row): Look;
}

/** One quantity of some rows, as bars. */
export interface RowBars {
  readonly title: string;
  readonly hint: string;
  readonly unit: string;
  of(row: Row): number;
  /** What it is made up of, where it is. */
  parts?(row: Row): readonly number[];
  /** Its value in each round. */
  rounds(row: Row): readonly number[];
}

export function rowBars(rows: readonly Row[], { baseline, look }: Setting, what: RowBars): Plot {
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
