// Finds the rows that another row is compared with, such as among those of one load.
import { BASELINE } from '../../peers/all.js';
import { haproxy, haproxySplice } from '../../peers/haproxy.js';
import type { Entrant } from '../shared/looks.js';

/** The row of that subject, with the same number of workers if there is one. */
export function pick<Some extends Entrant>(rows: readonly Some[], subject: string, workers: number): Some | undefined {
  const some = rows.filter((row) => row.subject === subject);
  return some.find((row) => row.workers === workers) ?? some[0];
}

export interface Reference {
  readonly name: string;
  /** In each load, the first of them that takes part stands for the reference. */
  readonly subjects: readonly string[];
}

export const REFERENCES: readonly Reference[] = [
  { name: BASELINE, subjects: [BASELINE] },
  { name: haproxy.name, subjects: [haproxySplice.name, haproxy.name] },
];

export function referenceRow<Some extends Entrant>(
  rows: readonly Some[],
  { subjects }: Reference,
  row: Some,
): Some | undefined {
  return subjects.map((subject) => pick(rows, subject, row.workers)).find((found) => found !== undefined);
}
