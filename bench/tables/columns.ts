// Formats rows as text: headings, and columns as wide as their longest text. Pure.

/** Memory is measured in KiB; large amounts are shown in MiB. */
const KIB_PER_MIB = 1024;

export const mibOf = (kib: number): number => kib / KIB_PER_MIB;

/** The first column is aligned left, the others right unless `align` says otherwise. */
export type ColumnOf<Row> = readonly [heading: string, cell: (row: Row) => string, align?: 'left'];

/** The number of workers is shown where it can be set. */
export const SUBJECT: ColumnOf<{ readonly subject: string; readonly workers: number }> = [
  'subject',
  ({ subject, workers }) => (workers === 0 ? subject : `${subject} ×${workers}`),
];

export function formatColumns<Row>(rows: readonly Row[], columns: readonly ColumnOf<Row>[]): string {
  const lines = [columns.map(([heading]) => heading), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index].length)));
  return lines
    .map((line) =>
      line
        .map((text, index) => {
          const left = index === 0 || columns[index][2] === 'left';
          return left ? text.padEnd(widths[index]) : text.padStart(widths[index]);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
