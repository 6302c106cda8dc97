// The main figures: a line for each quantity of each load, a value for each subject. What the page and the Markdown show.
import type { Results } from '../results.js';
import type { Row } from '../summary.js';
import { type Entrant, type Look, looksOf } from './looks.js';
import { REFERENCES, type Reference, referenceRow } from './pick.js';
import { mainQuantitiesOf, type Quantity } from './quantities.js';

export interface Column {
  readonly subject: string;
  readonly workers: number;
  readonly look: Look;
}

export interface Cell {
  readonly value: number;
  /** In relation to each of the references; undefined where that has no such figure, or is the subject itself. */
  readonly ratios: readonly (number | undefined)[];
}

export interface Line {
  readonly quantity: Quantity;
  /** As the columns; undefined where the subject does not take part. */
  readonly cells: readonly (Cell | undefined)[];
}

export interface LoadFigures {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
  readonly lines: readonly Line[];
}

export interface Figures {
  look(row: Entrant): Look;
  readonly columns: readonly Column[];
  /** Those of which there is anything. */
  readonly references: readonly Reference[];
  readonly loads: readonly LoadFigures[];
}

const isSame = (row: Row, { subject, workers }: Column): boolean => row.subject === subject && row.workers === workers;

function cellOf(row: Row, { of }: Quantity, rows: readonly Row[], references: readonly Reference[]): Cell | undefined {
  const value = of(row);
  if (!Number.isFinite(value)) return undefined;
  const ratios = references.map((reference) => {
    const other = referenceRow(rows, reference, row);
    const ratio = other === undefined || other === row ? Number.NaN : value / of(other);
    return Number.isFinite(ratio) ? ratio : undefined;
  });
  return { value, ratios };
}

/** Loads that have titles come in their order; rows of others follow under the load's name. */
export function figuresOf({ subjects, loads, summary }: Results): Figures {
  const measured = (subject: { name: string; workers: number }): boolean =>
    summary.some((row) => row.subject === subject.name && row.workers === subject.workers);
  const entrants = subjects.filter(measured).map(({ name, workers }) => ({ subject: name, workers }));
  const look = looksOf(entrants);
  const columns = entrants.map((entrant) => ({ ...entrant, look: look(entrant) }));
  const references = REFERENCES.filter((reference) =>
    summary.some(({ subject }) => reference.subjects.includes(subject)),
  );
  const titles = new Map(loads.map(({ name, title }) => [name, title]));
  const names = [...new Set([...titles.keys(), ...summary.map(({ load }) => load)])];
  return {
    look,
    columns,
    references,
    loads: names.flatMap((name): LoadFigures[] => {
      const rows = summary.filter(({ load }) => load === name);
      if (rows.length === 0) return [];
      const lines = mainQuantitiesOf(name, rows).map((quantity) => ({
        quantity,
        cells: columns.map((column) => {
          const row = rows.find((one) => isSame(one, column));
          return row && cellOf(row, quantity, rows, references);
        }),
      }));
      return [{ name, title: titles.get(name) ?? name, rows, lines }];
    }),
  };
}
