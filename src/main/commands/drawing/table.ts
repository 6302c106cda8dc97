// A table of rows as lines of a given number of columns: narrow where there is little room, and without its least important
// columns where there is still less. Pure.
import { clipped, columnsOf, fitted, type Side } from './width.js';

export interface Column<Row> {
  readonly heading: string;
  readonly of: (row: Row) => string;
  readonly side?: Side;
  /** Columns below which it is not cut; absent for one that is never cut. */
  readonly least?: number;
  /** Those with the highest number are left out first where there is no room; absent for one that stays. */
  readonly leave?: number;
  /** It is left out where no row has anything to tell. */
  readonly mayBeEmpty?: true;
}

const GAP = '  ';

/** `width`: columns that there are; infinite for no bound. The first line has the headings. */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): readonly [headings: string, ...rows: string[]] {
  const all = columns.map((column): Measured => {
    const cells = rows.map(column.of);
    const own = Math.max(columnsOf(column.heading), ...cells.map(columnsOf));
    return { column, cells, width: own };
  });
  const told = all.filter(({ column, cells }) => !column.mayBeEmpty || cells.some((cell) => cell !== ''));
  const shown = fit(told, width);
  const line = (cellOf: (one: Measured) => string): string =>
    clipped(
      shown
        .map((one) => fitted(cellOf(one), one.width, one.column.side))
        .join(GAP)
        .trimEnd(),
      width,
    );
  return [line(({ column }) => column.heading), ...rows.map((_, row) => line(({ cells }) => cells[row] as string))];
}

interface Measured {
  readonly column: Pick<Column<never>, 'heading' | 'side' | 'least' | 'leave' | 'mayBeEmpty'>;
  readonly cells: readonly string[];
  readonly width: number;
}

/** Cuts the widest columns first, then leaves some out. */
function fit(all: readonly Measured[], width: number): readonly Measured[] {
  const cut = narrowed(all, width);
  if (total(cut) <= width) return cut;
  const ranks = all.map(({ column }) => column.leave ?? 0);
  const highest = Math.max(0, ...ranks);
  if (highest === 0) return cut;
  return fit(
    all.filter((_, place) => place !== ranks.lastIndexOf(highest)),
    width,
  );
}

const total = (all: readonly Measured[]): number =>
  all.reduce((sum, one) => sum + one.width, 0) + GAP.length * Math.max(0, all.length - 1);

function narrowed(all: readonly Measured[], width: number): readonly Measured[] {
  let cut = all;
  for (let over = total(cut) - width; over > 0; over = total(cut) - width) {
    const room = cut.map((one) => one.width - (one.column.least ?? one.width));
    const able = cut.filter((_, place) => (room[place] as number) > 0);
    if (able.length === 0) return cut;
    const widest = Math.max(...able.map((one) => one.width));
    const place = cut.findIndex((one, index) => one.width === widest && (room[index] as number) > 0);
    const second = Math.max(0, ...able.filter((one) => one.width < widest).map((one) => one.width));
    // At once down to the next widest, so that this ends soon.
    const down = Math.min(over, room[place] as number, Math.max(1, widest - second));
    cut = cut.map((one, index) => (index === place ? { ...one, width: one.width - down } : one));
  }
  return cut;
}
