// A plot of the page, and how rows are made into one of bars.
import { type Bar, barPlot } from '../drawing/bars.js';
import type { Quantity } from '../figures/quantities.js';
import type { Entrant, Look } from '../shared/looks.js';
import type { Markup } from '../shared/markup.js';

export interface Plot {
  readonly title: string;
  readonly unit: string;
  /** What a reader must know to read the plot. */
  readonly hint: string;
  readonly drawing: Markup;
}

export interface Setting {
  /** The subject that values are set in relation to; undefined for none. */
  readonly baseline: string | undefined;
  look(row: Entrant): Look;
}

/** One quantity of some rows, to be drawn as bars. */
export interface RowBars<Some> extends Quantity<Some> {
  readonly hint: string;
  /** The parts of the value, where it has parts. */
  parts?(row: Some): readonly number[];
  /** The value in each round, where it is known. */
  rounds?(row: Some): readonly number[];
}

/** A plot of the rows that have the quantity; empty where none has it. */
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
