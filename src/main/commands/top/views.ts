// What the views of `tcproute top` ask of the gateway, and the tables that come of it.
import type { AdminClient, NotAnswered, Query } from '../admin/client.js';
import { Part } from '../admin/part.js';
import { rateText } from '../drawing/figures.js';
import { type Column, tableLines } from '../drawing/table.js';
import { LIVE, LIVE_COLUMNS } from '../lists/connections.js';
import { LIVE_FLOWS } from '../lists/flows.js';
import { isWrong, LINE_COLUMNS, LINES } from '../lists/lines.js';
import type { List } from '../lists/list.js';
import { CLIENT_COLUMNS, clientsOf } from './clients.js';
import type { Table } from './draw.js';
import { connectionFilter, flowFilter, hasWords } from './filter.js';
import { inOrder } from './order.js';
import type { ConnectionRates } from './rates.js';
import type { TopState } from './state.js';

/** More rows than anybody looks through. */
const ROWS_MAX = 500;
/** Connections of which clients are made: as many as the API tells at once. */
const CONNECTIONS_MAX = 1000;

export type Viewed = { readonly code: 'viewed'; readonly table: Table } | NotAnswered;

/** What is known beside the answers. */
export interface Beside {
  /** Of the last second; undefined where nobody tells it. */
  readonly traffic: Part | undefined;
  readonly rates: ConnectionRates;
}

/** The table of the view that the state says. */
export async function viewed(client: AdminClient, state: TopState, { traffic, rates }: Beside): Promise<Viewed> {
  const { view } = state;
  const filter = state.filter[view];
  const sort = state.sort[view];
  switch (view) {
    case 'connections': {
      const order = { sort: sort.by, order: sort.descending ? 'desc' : 'asc', limit: ROWS_MAX };
      const answer = await live(client, LIVE, { ...order, ...connectionFilter(filter) });
      if (answer.code !== 'told') return answer;
      rates.see(answer.rows, performance.now());
      const columns = LIVE_COLUMNS.map((column) => (column.heading === 'rate' ? rateColumn(rates) : column));
      return { code: 'viewed', table: tableOf(columns, answer.rows, answer.matched) };
    }
    case 'flows': {
      const order = { sort: sort.by, order: sort.descending ? 'desc' : 'asc', limit: ROWS_MAX };
      const answer = await live(client, LIVE_FLOWS, { ...order, ...flowFilter(filter) });
      return answer.code === 'told'
        ? { code: 'viewed', table: tableOf(LIVE_FLOWS.columns, answer.rows, answer.matched) }
        : answer;
    }
    case 'clients': {
      const answer = await live(client, LIVE, { sort: 'bytes_down', limit: CONNECTIONS_MAX });
      if (answer.code !== 'told') return answer;
      rates.see(answer.rows, performance.now());
      const known = clientsOf(answer.rows, (row) => rates.of(row) ?? 0);
      const rows = inOrder('clients', chosen(known, CLIENT_COLUMNS, filter), sort);
      // Where there are more, clients whose connections have carried least are missing.
      const total = answer.rows.length === answer.matched ? rows.length : undefined;
      return { code: 'viewed', table: tableOf(CLIENT_COLUMNS, rows, total) };
    }
    case 'lines': {
      const answer = await client.ask(LINES.path);
      if (answer.code !== 'answered') return answer;
      const told = new Part(answer.value).parts(LINES.rows);
      const rows = inOrder('lines', chosen(told, LINE_COLUMNS, filter), sort);
      return { code: 'viewed', table: tableOf(withRates(traffic), rows, rows.length, isWrong) };
    }
    default:
      return view satisfies never;
  }
}

const rateColumn = (rates: ConnectionRates): Column<Part> => ({
  heading: 'rate',
  of: (row) => rateText(rates.of(row)),
  side: 'right',
  leave: 3,
});

async function live(client: AdminClient, list: List, query: Query) {
  const answer = await client.ask(list.path, { state: 'live', ...query });
  if (answer.code !== 'answered') return answer;
  const page = new Part(answer.value);
  return { code: 'told', rows: page.parts(list.rows), matched: page.number('matched') } as const;
}

/** With what each line carries now, both ways together. */
function withRates(traffic: Part | undefined): readonly Column<Part>[] {
  if (traffic === undefined) return LINE_COLUMNS;
  const both = (line: Part): number => (line.number('bytes_up_per_s') ?? 0) + (line.number('bytes_down_per_s') ?? 0);
  const rates = new Map(traffic.parts('lines').map((line) => [line.text('line'), both(line)]));
  const now: Column<Part> = { heading: 'now', of: (row) => rateText(rates.get(row.text('line')) ?? 0), side: 'right' };
  const [line, state, ...rest] = LINE_COLUMNS;
  return [line, state, now, ...rest];
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
