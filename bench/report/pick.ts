// Rows found among others, such as those of one load: what one is compared with.
import { BASELINE } from '../peers/all.js';
import { haproxy, haproxySplice } from '../peers/haproxy.js';
import type { Entrant } from './looks.js';

/** That subject's, with the same number of workers where there is such a one. */
export function pick<Some extends Entrant>(rows: readonly Some[], subject: string, workers: number): Some | undefined {
  const some = rows.filter((row) => row.subject === subject);
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

export function referenceRow<Some extends Entrant>(
  rows: readonly Some[],
  { subjects }: Reference,
  row: Some,
): Some | undefined {
  return subjects.map((subject) => pick(rows, subject, row.workers)).find((found) => found !== undefined);
}
