// The main figures, which the page and the Markdown show: a line for each quantity of each part of the results, with a value
// for each subject.
import type { Titled } from '../../results/measurements.js';
import type { Results } from '../../results/results.js';
import { type Entrant, type Look, looksOf } from '../shared/looks.js';
import { type Participant, participants } from './participants.js';
import { type Part, partsOf } from './parts.js';
import { pick, REFERENCES, type Reference, referenceRow } from './pick.js';
import type { Quantity } from './quantities.js';

export interface Cell {
  readonly value: number;
  /** The value ÷ that of each reference; undefined where the reference has none, or is the subject itself. */
  readonly ratios: readonly (number | undefined)[];
}

export interface Line {
  readonly title: string;
  readonly unit: string;
  /** In the order of the columns; undefined where the subject does not take part. */
  readonly cells: readonly (Cell | undefined)[];
}

export interface Group extends Titled {
  readonly lines: readonly Line[];
}

export interface Figures {
  look(row: Entrant): Look;
  /** The looks of all subjects with results. */
  readonly columns: readonly Look[];
  /** The references with results. */
  readonly references: readonly Reference[];
  readonly groups: readonly Group[];
}

function cellOf<Some extends Entrant>(
  row: Some,
  { of }: Quantity<Some>,
  rows: readonly Some[],
  references: readonly Reference[],
): Cell | undefined {
  const value = of(row);
  if (!Number.isFinite(value)) return undefined;
  const ratios = references.map((reference) => {
    const other = referenceRow(rows, reference, row);
    const ratio = other === undefined || other === row ? Number.NaN : value / of(other);
    return Number.isFinite(ratio) ? ratio : undefined;
  });
  return { value, ratios };
}

function groupOf<Some extends Entrant>(
  { name, title, rows, quantities }: Part<Some>,
  columns: readonly Participant[],
  references: readonly Reference[],
): Group {
  // A row of the base section has its own number of workers: it goes into the subject's column.
  const placed = new Map(rows.map((row) => [pick(columns, row.subject, row.workers), row]));
  const lines = quantities.map((quantity) => ({
    title: quantity.title,
    unit: quantity.unit,
    cells: columns.map((column) => {
      const row = placed.get(column);
      return row && cellOf(row, quantity, rows, references);
    }),
  }));
  return { name, title, lines };
}

export function figuresOf(results: Results): Figures {
  const columns = participants(results);
  const look = looksOf(columns);
  const references = REFERENCES.filter(({ subjects }) => columns.some(({ subject }) => subjects.includes(subject)));
  const { loads, comparisons, base, syscalls } = partsOf(results);
  const groupsOf = <Some extends Entrant>(parts: readonly Part<Some>[]): Group[] =>
    parts.map((part) => groupOf(part, columns, references));
  return {
    look,
    columns: columns.map(look),
    references,
    groups: [...groupsOf(loads), ...groupsOf(comparisons), ...groupsOf(base), ...groupsOf(syscalls)],
  };
}
