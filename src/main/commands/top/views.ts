// What the views of `tcproute top` ask of the gateway, and the tables that come of it.
import type { AdminClient, Query } from '../admin/client.js';
import type { NotAnswered } from '../admin/looked.js';
import { Part } from '../admin/part.js';
import { type Column, tableLines } from '../drawing/table.js';
import { LIVE, LIVE_COLUMNS } from '../lists/connections.js';
import { isWrong, LINE_COLUMNS, LINES } from '../lists/lines.js';
import { CLIENT_COLUMNS, clientsOf } from './clients.js';
import type { Table } from './draw.js';
import { connectionFilter, hasWords } from './filter.js';
import { inOrder } from './order.js';
import type { TopState } from './state.js';

/** More rows than anybody looks through. */
const ROWS_MAX = 500;
/** Connections of which clients are made: as many as the API tells at once. */
const CONNECTIONS_MAX = 1000;

export type Viewed = { readonly code: 'viewed'; readonly table: Table } | NotAnswered;

/** The table of the view that the state says. */
export async function viewed(client: AdminClient, state: TopState): Promise<Viewed> {
  const { view } = state;
  const filter = state.filter[view];
  const sort = state.sort[view];
  switch (view) {
    case 'connections': {
      const order = { sort: sort.by, order: sort.descending ? 'desc' : 'asc', limit: ROWS_MAX };
      const answer = await connections(client, { ...order, ...connectionFilter(filter) });
      if (answer.code !== 'told') return answer;
      return { code: 'viewed', table: tableOf(LIVE_COLUMNS, answer.rows, answer.matched) };
    }
    case 'clients': {
      const answer = await connections(client, { sort: 'bytes_down', limit: CONNECTIONS_MAX });
      if (answer.code !== 'told') return answer;
      const rows = inOrder('clients', chosen(clientsOf(answer.rows), CLIENT_COLUMNS, filter), sort);
      // Where there are more, clients whose connections have carried least are missing.
      const total = answer.rows.length === answer.matched ? rows.length : undefined;
      return { code: 'viewed', table: tableOf(CLIENT_COLUMNS, rows, total) };
    }
    case 'lines': {
      const answer = await client.ask(LINES.path);
      if (answer.code !== 'answered') return answer;
      const told = new Part(answer.value).parts(LINES.rows);
      const rows = inOrder('lines', chosen(told, LINE_COLUMNS, filter), sort);
      return { code: 'viewed', table: tableOf(LINE_COLUMNS, rows, rows.length, isWrong) };
    }
    default:
      return view satisfies never;
  }
}

async function connections(client: AdminClient, query: Query) {
  const answer = await client.ask(LIVE.path, { query: { state: 'live', ...query } });
  if (answer.code !== 'answered') return answer;
  const page = new Part(answer.value);
  return { code: 'told', rows: page.parts(LIVE.rows), matched: page.number('matched') } as const;
}

const chosen = <Row>(rows: readonly Row[], columns: readonly Column<Row>[], filter: string): readonly Row[] =>
  filter === ''
    ? rows
    : rows.filter((row) =>
        hasWords(
          filter,
          columns.map(({ of }) => of(row)),
        ),
      );

function tableOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  total: number | undefined,
  isBad: (row: Row) => boolean = () => false,
): Table {
  return {
    lines: (width) => tableLines(columns, rows, width),
    bad: new Set(rows.flatMap((row, place) => (isBad(row) ? [place] : []))),
    rows: rows.length,
    total,
  };
}
