// A list of the API as a command prints it: page after page, as a table for people or as one JSON document for programs. What
// rows there are is the gateway's to say; this adds nothing.
import { type AdminClient, NOT_OF_API, type NotAnswered, type Query } from '../admin/client.js';
import { Part } from '../admin/part.js';
import { type Column, tableLines } from '../drawing/table.js';

/** One resource of the API that is a list. */
export interface List {
  readonly path: string;
  /** The key of the rows in an answer. */
  readonly rows: string;
  readonly columns: readonly Column<Part>[];
  /** What stands there where there is no row. */
  readonly none: string;
  /** The name of the query's key that takes the `next` of a page; undefined where there is one page only. */
  readonly pagedBy: string | undefined;
}

/** Rows in a page, and in all: as many as a gateway has connections, and no more than this process holds with ease. */
const PAGE_ROWS = 500;
export const ROWS_MAX = 100_000;

export type Listed =
  | {
      readonly code: 'listed';
      readonly rows: readonly unknown[];
      readonly rest: Readonly<Record<string, unknown>>;
      readonly isWhole: boolean;
    }
  | NotAnswered;

/** `most`: rows that are wanted. */
export async function listed(client: AdminClient, list: List, query: Query, most = ROWS_MAX): Promise<Listed> {
  const rows: unknown[] = [];
  let cursor: string | undefined;
  for (;;) {
    const { pagedBy } = list;
    const page = pagedBy === undefined ? {} : { limit: Math.min(PAGE_ROWS, most - rows.length), [pagedBy]: cursor };
    const answer = await client.ask(list.path, { ...query, ...page });
    if (answer.code !== 'answered') return answer;
    const { [list.rows]: some, next, ...rest } = { ...(answer.value as Readonly<Record<string, unknown>> | null) };
    if (!Array.isArray(some)) return NOT_OF_API;
    rows.push(...some);
    // A cursor that leads nowhere would lead there for ever.
    const isAtEnd = typeof next !== 'string' || next === cursor || some.length === 0;
    if (isAtEnd || rows.length >= most) return { code: 'listed', rows: rows.slice(0, most), rest, isWhole: isAtEnd };
    cursor = next;
  }
}

/** `width`: columns of the terminal; infinite where it is none. */
export function listText({ columns, none }: List, rows: readonly unknown[], width: number): readonly string[] {
  if (rows.length === 0) return [none];
  return tableLines(
    columns,
    rows.map((row) => new Part(row)),
    width,
  );
}
