// The subjects that have results: others had nothing to do, or failed.
import type { Results } from '../../results/results.js';
import type { Entrant } from '../shared/looks.js';
import { pick } from './pick.js';

export interface Participant extends Entrant {
  readonly version: string;
}

export function participants({ subjects, summary }: Results): Participant[] {
  const all = subjects.map(({ name, version, workers }) => ({ subject: name, version, workers }));
  const rows: Entrant[] = [...summary.loads, ...summary.comparisons, ...summary.base, ...summary.syscalls];
  const known = new Set(rows.map(({ subject, workers }) => pick(all, subject, workers)));
  return all.filter((one) => known.has(one));
}
