// Numbers that the report knows only by their names: a count that a load has and others have not, or all of a part of the
// results that is not known here. Found by being there, so that a new one is shown without a change.
import type { Row } from '../summary.js';

/** Of the rows of a load: what the other plots show already. A dot stands for all that is within. */
export const KNOWN_OF_ROWS: ReadonlySet<string> = new Set<string>([
  ...(['workers', 'rounds', 'rate', 'spread', 'ratio', 'generator'] satisfies (keyof Row)[]),
  ...(['cpu', 'latency'] satisfies (keyof Row)[]).map((part) => `${part}.`),
  'memory.base',
  'memory.pssEach',
  'memory.rssEach',
]);

export interface ExtraNumber<Some> {
  /** As the row has it, with a dot before what is within: `memory.kernelEach`. */
  readonly path: string;
  /** The same in words. */
  readonly name: string;
  /** NaN of a row without it. */
  of(row: Some): number;
}

type Entry = readonly [path: string, value: unknown];

export const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isKnown = (path: string, known: ReadonlySet<string>): boolean =>
  known.has(path) || known.has(path.slice(0, path.indexOf('.') + 1));

/** One level of objects in a row is looked into. */
function numbersOf(row: object): Map<string, number> {
  const entries = Object.entries(row).flatMap(([key, value]): Entry[] =>
    isPlain(value) ? Object.entries(value).map(([inner, part]) => [`${key}.${inner}`, part]) : [[key, value]],
  );
  return new Map(entries.filter((entry): entry is [string, number] => Number.isFinite(entry[1])));
}

const inWords = (path: string): string =>
  path.replace(/[._]/g, ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** In the order in which the rows have them. */
export function extraNumbers<Some extends object>(
  rows: readonly Some[],
  known: ReadonlySet<string>,
): ExtraNumber<Some>[] {
  const all = new Map(rows.map((row) => [row, numbersOf(row)]));
  const paths = new Set([...all.values()].flatMap((numbers) => [...numbers.keys()]));
  return [...paths]
    .filter((path) => !isKnown(path, known))
    .map((path) => ({ path, name: inWords(path), of: (row) => all.get(row)?.get(path) ?? Number.NaN }));
}
