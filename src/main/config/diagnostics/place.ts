// Where a configured value stands: the file, environment variable or flag, and the keys that lead to it inside. It knows
// in which line that is, and where the relative paths in it begin. It reads nothing.
import { resolve } from 'node:path';

/** A step further in: a key of an object or an index of a list. */
export type Step = string | number;

export interface Origin {
  /** File as given, name of the environment variable, or flag. */
  readonly name: string;
  /** Where the relative paths in it start; undefined is the working directory. */
  readonly folder?: string;
  /** The line of what these steps lead to, from 1; of the nearest thing around it where there is none. */
  readonly lineOf?: (steps: readonly Step[]) => number | undefined;
}

export interface Place {
  readonly origin: Origin;
  /** undefined for the whole of it. */
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

/** The last key on the way, for values whose key says that they are secret; empty where there is none. */
export function keyOf({ inner }: Place): string {
  return typeof inner?.step === 'string' ? inner.step : '';
}

/** `config.json: line 3: upstream.list[1].host` */
export function placeText(place: Place): string {
  const { name, lineOf } = place.origin;
  const steps = stepsOf(place);
  const line = steps.length === 0 ? undefined : lineOf?.(steps);
  return [name, ...(line === undefined ? [] : [`line ${line}`]), ...(steps.length === 0 ? [] : [pathOf(steps)])].join(
    ': ',
  );
}

/** A path that is written there, as an absolute one. */
export function fileAt({ origin: { folder } }: Place, path: string): string {
  return folder === undefined ? resolve(path) : resolve(folder, path);
}

function stepsOf(place: Place): Step[] {
  const steps: Step[] = [];
  for (let at = place.inner; at !== undefined; at = at.outer.inner) steps.unshift(at.step);
  return steps;
}

/** Such as `upstream.list[1].host`. */
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
