// Rows found among the others: what one is compared with.
import { BASELINE } from '../peers/all.js';
import { haproxy, haproxySplice } from '../peers/haproxy.js';
import type { Row } from '../summary.js';

/** That subject in that load, with the same number of workers where it can be told one. */
export function pick(rows: readonly Row[], load: string, subject: string, workers: number): Row | undefined {
  const some = rows.filter((row) => row.load === load && row.subject === subject);
  return some.find((row) => row.workers === workers) ?? some[0];
}

export interface Reference {
  readonly name: string;
  /** The first that takes part in a load stands for it there. */
  readonly subjects: readonly string[];
}

export const REFERENCES: readonly Reference[] = [
  { name: BASELINE, subjects: [BASELINE] },
  { name: haproxy.name, subjects: [haproxySplice.name, haproxy.name] },
];

export function referenceRow(rows: readonly Row[], { subjects }: Reference, row: Row): Row | undefined {
  return subjects.map((subject) => pick(rows, row.load, subject, row.workers)).find((found) => found !== undefined);
}
