// The place of a configured value: the file, environment variable or flag, and the keys that lead to the value inside. A
// place also gives the line number, and the folder in which relative paths start. It reads nothing.
import { resolve } from 'node:path';

/** One step into a value: a key of an object or an index of a list. */
export type Step = string | number;

export interface Origin {
  /** The file as given, the environment variable, or the flag. */
  readonly name: string;
  /** Where relative paths start; undefined for the working directory. */
  readonly folder?: string;
  /** The line, from 1, of the value at these steps, or of the nearest value around it. */
  readonly lineOf?: (steps: readonly Step[]) => number | undefined;
}

export interface Place {
  readonly origin: Origin;
  /** undefined for the whole origin. */
  readonly inner: { readonly step: Step; readonly outer: Place } | undefined;
}

/** The length of a key in a message; a longer one is cut. */
const KEY_LENGTH_MAX = 64;

export function placeOf(name: string, more: Omit<Origin, 'name'> = {}): Place {
  return { origin: { name, ...more }, inner: undefined };
}

export function inside(outer: Place, step: Step): Place {
  return { origin: outer.origin, inner: { step, outer } };
}

/** The last key, which shows whether the value is secret; empty where there is none. */
export function keyOf({ inner }: Place): string {
  return typeof inner?.step === 'string' ? inner.step : '';
}

/** `config.json: line 3: upstream.list[1].host` */
export function placeText(place: Place): string {
  const { name } = place.origin;
  const steps = stepsOf(place);
  const line = lineAt(place);
  return [name, ...(line === undefined ? [] : [`line ${line}`]), ...(steps.length === 0 ? [] : [pathOf(steps)])].join(
    ': ',
  );
}

/** The line, from 1, of the value at that place, or of the nearest one around it; undefined where there are no lines. */
export function lineAt(place: Place): number | undefined {
  const steps = stepsOf(place);
  return steps.length === 0 ? undefined : place.origin.lineOf?.(steps);
}

/** The absolute form of a path that is written at that place. */
export function fileAt({ origin: { folder } }: Place, path: string): string {
  return folder === undefined ? resolve(path) : resolve(folder, path);
}

function stepsOf(place: Place): Step[] {
  const steps: Step[] = [];
  for (let at = place.inner; at !== undefined; at = at.outer.inner) steps.unshift(at.step);
  return steps;
}

/** For example `upstream.list[1].host`. */
function pathOf(steps: readonly Step[]): string {
  let path = '';
  for (const step of steps) {
    if (typeof step === 'number') path += `[${step}]`;
    else if (!/^[\w-]+$/.test(step) || step.length > KEY_LENGTH_MAX) path += `[${JSON.stringify(shortKey(step))}]`;
    else path += path === '' ? step : `.${step}`;
  }
  return path;
}

function shortKey(key: string): string {
  return key.length > KEY_LENGTH_MAX ? `${key.slice(0, KEY_LENGTH_MAX)}…` : key;
}
