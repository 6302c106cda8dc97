// Reads a file of results. The summary is made from its measurements again, so that it does not depend on the version
// that wrote the file.
import { readFileSync, statSync } from 'node:fs';
import { summaryOf } from './measured.js';
import { FORMAT, type Results } from './results.js';
import { isResults } from './shape.js';
import { visible } from './visible.js';

/** A full run of all subjects takes some 300 kB. */
const SIZE_MAX = 16 * 2 ** 20;

/** JSON has null for NaN. Texts and names may contain anything, and are printed on a terminal. */
function revived(_key: string, value: unknown): unknown {
  if (value === null) return Number.NaN;
  if (typeof value === 'string') return visible(value);
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [visible(name), part]));
}

/** Throws an Error with a sentence for the user when the text is not a file of results. */
export function parseResults(text: string, baseline: string): Results {
  let value: unknown;
  try {
    value = JSON.parse(text, revived);
  } catch (error) {
    throw new Error(`not JSON: ${visible((error as Error).message)}`);
  }
  const { format } = Object(value) as Partial<Results>;
  if (typeof format === 'number' && format !== FORMAT) {
    throw new Error(`results of format ${format}: this version of the bench reads format ${FORMAT}`);
  }
  const fault = isResults(value, '');
  if (fault !== undefined) throw new Error(`not results of the bench: ${fault.replace(/^: /, '')}`);
  const results = value as Results;
  return { ...results, summary: summaryOf(results.measured, baseline) };
}

export function readResults(path: string, baseline: string): Results {
  try {
    const { size } = statSync(path);
    if (size > SIZE_MAX) throw new Error(`${size} bytes: results have at most ${SIZE_MAX}`);
    return parseResults(readFileSync(path, 'utf8'), baseline);
  } catch (error) {
    throw new Error(`--from ${path}: ${(error as Error).message}`);
  }
}
