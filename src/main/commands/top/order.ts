// The order of rows that this process sorts itself: of lines and clients, of which there are few. Pure.
import type { Part } from '../admin/part.js';
import type { ClientRow } from './clients.js';
import type { Sort } from './state.js';

interface Rows {
  readonly lines: Part;
  readonly clients: ClientRow;
}

type Keys<Row> = Readonly<Record<string, (row: Row) => string | number>>;

const KEYS: { readonly [View in keyof Rows]: Keys<Rows[View]> } = {
  lines: {
    line: (row) => row.text('line') ?? '',
    wins: (row) => row.number('wins') ?? 0,
    down: (row) => row.number('bytes_down') ?? 0,
    up: (row) => row.number('bytes_up') ?? 0,
  },
  clients: {
    live: ({ live }) => live,
    rate: ({ rate }) => rate,
    down: ({ down }) => down,
    up: ({ up }) => up,
    client: ({ client }) => client,
  },
};

/** Rows of the same key stay as they were; without a key all do, or are turned round. */
export function inOrder<View extends keyof Rows>(
  view: View,
  rows: readonly Rows[View][],
  { by, descending }: Sort,
): readonly Rows[View][] {
  const keys: Keys<Rows[View]> = KEYS[view];
  const key = keys[by];
  if (key === undefined) return descending ? [...rows].reverse() : rows;
  const turned = descending ? -1 : 1;
  return [...rows].sort((one, other) => turned * compare(key(one), key(other)));
}

function compare(one: string | number, other: string | number): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return one === other ? 0 : one < other ? -1 : 1;
}
