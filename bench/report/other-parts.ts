// Parts of the results that this report does not know: lists of what subjects had, such as a comparison, shown by the names
// of their numbers.
import type { Results } from '../results.js';
import { extraNumbers, isPlain } from './extras.js';
import type { Entrant } from './looks.js';
import { type Plot, rowBars, type Setting } from './plot.js';

const KNOWN_PARTS: ReadonlySet<string> = new Set<string>([
  ...(['format', 'began', 'machine', 'options'] satisfies (keyof Results)[]),
  ...(['subjects', 'loads', 'summary', 'rounds'] satisfies (keyof Results)[]),
]);
const KNOWN_OF_OTHERS: ReadonlySet<string> = new Set(['workers', 'rounds']);

export interface OtherPart {
  readonly name: string;
  readonly rows: readonly Entrant[];
}

/** A list, or the one that a part has beside what it was made from. */
function listIn(part: unknown): readonly unknown[] {
  if (Array.isArray(part)) return part;
  const { summary, measurements } = Object(part) as Record<string, unknown>;
  return [summary, measurements].find(Array.isArray) ?? [];
}

const isOfSubject = (item: unknown): item is { subject: string } =>
  isPlain(item) && typeof (item as Partial<Entrant>).subject === 'string';

/** What it is of, where its part is of several things: the first of its texts beside the subject. */
function nameOf(row: object): string | undefined {
  return Object.entries(row).find(([key, value]) => key !== 'subject' && typeof value === 'string')?.[1];
}

export function otherParts(results: Results): OtherPart[] {
  const groups = new Map<string, Entrant[]>();
  for (const [key, part] of Object.entries(results)) {
    if (KNOWN_PARTS.has(key)) continue;
    for (const item of listIn(part).filter(isOfSubject)) {
      const name = nameOf(item) ?? key;
      groups.set(name, [...(groups.get(name) ?? []), { workers: 0, ...item }]);
    }
  }
  return [...groups].map(([name, rows]) => ({ name, rows }));
}

export function plotsOfPart({ rows }: OtherPart, setting: Setting): Plot[] {
  return extraNumbers(rows, KNOWN_OF_OTHERS).map(({ name, of }) =>
    rowBars(
      rows.filter((row) => Number.isFinite(of(row))),
      setting,
      { title: name, hint: '', unit: '', of, rounds: () => [] },
    ),
  );
}
