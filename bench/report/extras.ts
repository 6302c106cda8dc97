// Numbers of a row beyond those that the report knows: a count that a load has and others have not. Found by being there,
// so that a new one is shown without a change here.
import type { Row } from '../summary.js';

const KNOWN = new Set<string>([
  ...(['workers', 'rounds', 'rate', 'spread', 'ratio', 'generator'] satisfies (keyof Row)[]),
  ...(['cpu', 'latency'] satisfies (keyof Row)[]).map((part) => `${part}.`),
  'memory.base',
  'memory.pssEach',
  'memory.rssEach',
]);

export interface ExtraNumber {
  readonly name: string;
  /** NaN of a row without it. */
  of(row: Row): number;
}

type Entry = readonly [path: string, value: unknown];

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One level of objects in a row is looked into. */
function numbersOf(row: Row): Map<string, number> {
  const entries = Object.entries(row).flatMap(([key, value]): Entry[] =>
    isPlain(value) ? Object.entries(value).map(([inner, part]) => [`${key}.${inner}`, part]) : [[key, value]],
  );
  const numbers = entries.filter((entry): entry is [string, number] => Number.isFinite(entry[1]));
  return new Map(numbers.filter(([path]) => !KNOWN.has(path) && !KNOWN.has(path.slice(0, path.indexOf('.') + 1))));
}

/** In the order in which the rows have them. */
export function extraNumbers(rows: readonly Row[]): ExtraNumber[] {
  const all = new Map(rows.map((row) => [row, numbersOf(row)]));
  const names = new Set([...all.values()].flatMap((numbers) => [...numbers.keys()]));
  return [...names].map((path) => ({
    // `perConnection` and `memory.kernelEach` in words.
    name: path.replace(/[._]/g, ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
    of: (row) => all.get(row)?.get(path) ?? Number.NaN,
  }));
}
