// Where a configured value stands: the file, environment variable or flag, and the key path inside it. Only for
// messages; it looks nothing up.

export interface Place {
  /** File as given, name of the environment variable, or flag. */
  readonly origin: string;
  /** Such as `upstream.list[1].host`; empty for the whole of it. */
  readonly path: string;
}

export function placeOf(origin: string): Place {
  return { origin, path: '' };
}

/** One step further in: a key of an object or an index of a list. */
export function inside({ origin, path }: Place, step: string | number): Place {
  if (typeof step === 'number') return { origin, path: `${path}[${step}]` };
  if (!/^[\w-]+$/.test(step)) return { origin, path: `${path}[${JSON.stringify(step)}]` };
  return { origin, path: path === '' ? step : `${path}.${step}` };
}

export function placeText({ origin, path }: Place): string {
  return path === '' ? origin : `${origin}: ${path}`;
}
