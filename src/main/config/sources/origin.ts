// A file that has been read, as the origin of its values: with their lines. Keys that stand twice are reported here. It checks
// no value.
import type { Diagnostics } from '../diagnostics/diagnostics.js';
import { inside, type Origin, type Place, placeOf } from '../diagnostics/place.js';
import type { Parsed } from './syntax.js';

/** `name`: of the file as given. */
export function originOf(
  { lineOf, repeated = [] }: Extract<Parsed, { kind: 'parsed' }>,
  name: string,
  diagnostics: Diagnostics,
): Origin {
  for (const { steps, line, firstLine } of repeated) {
    const whole: Place = placeOf(name, { lineOf: () => line });
    diagnostics.error(steps.reduce(inside, whole), `the same key stands in line ${firstLine}; allowed: each key once`);
  }
  return { name, ...(lineOf === undefined ? {} : { lineOf }) };
}
