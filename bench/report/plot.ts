// A plot as the page has it, and rows made into the bars of one.
import { type Bar, barPlot } from './bars.js';
import type { Entrant, Look } from './looks.js';
import type { Markup } from './markup.js';
import type { Quantity } from './quantities.js';

export interface Plot {
  readonly title: string;
  readonly unit: string;
  /** What one must know to read it. */
  readonly hint: string;
  readonly drawing: Markup;
}

export interface Setting {
  /** What values are set in relation to; undefined for nothing. */
  readonly baseline: string | undefined;
  look(row: Entrant): Look;
}

/** One quantity of some rows, as bars. */
export interface RowBars<Some> extends Quantity<Some> {
  readonly hint: string;
  /** What it is made up of, where it is. */
  parts?(row: Some): readonly number[];
  /** Its value in each round, where that is known. */
  rounds?(row: Some): readonly number[];
}

/** Of the rows that have it; nothing where none has. */
export function rowBars<Some extends Entrant>(
  all: readonly Some[],
  { baseline, look }: Setting,
  { title, hint, unit, of, parts, rounds }: RowBars<Some>,
): Plot[] {
  const rows = all.filter((row) => Number.isFinite(of(row)));
  if (rows.length === 0) return [];
  const base = rows.find(({ subject }) => subject === baseline);
  const bars = rows.map(
    (row): Bar => ({
      look: look(row),
      value: of(row),
      parts: parts?.(row) ?? [of(row)],
      rounds: rounds?.(row) ?? [],
      ratio: base === undefined ? undefined : of(row) / of(base),
    }),
  );
  return [{ title, unit, hint, drawing: barPlot({ title, unit, baseline: base?.subject, bars }) }];
}
