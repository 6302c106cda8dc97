// Every key of the configuration with its value and where that came from, for people and programs that look at the gateway. Secrets
// are masked. It reads nothing, and knows nothing of what the gateway computes or changes while it runs.
import { masked } from './diagnostics/mask.js';
import { lineAt, type Place } from './diagnostics/place.js';
import { KEYS } from './keys.js';
import type { RawValue } from './raw-values.js';

export type SourceKind = 'file' | 'environment' | 'argument' | 'default';

export interface InEffect {
  /** Such as `limits.connections_max`. */
  readonly key: string;
  /** JSON. Numbers and texts are in their normal form, trees as they were written. */
  readonly value: unknown;
  readonly source: {
    readonly kind: SourceKind;
    /** The file as it was named, the variable, or the flag; absent for a default. */
    readonly name?: string;
    /** In the file, from 1. */
    readonly line?: number;
  };
}

/** `raw`: in order of precedence, the last value wins. `normal`: the normal forms of the values that win, by key. */
export function inEffectOf(raw: readonly RawValue[], normal: ReadonlyMap<string, unknown>): readonly InEffect[] {
  const given = new Map(raw.map((one) => [one.path, one]));
  return KEYS.map(({ path, setting }) => {
    const key = path.slice(path.lastIndexOf('.') + 1);
    const one = given.get(path);
    if (one === undefined) return { key: path, value: masked(setting.default, key), source: { kind: 'default' } };
    const checked = normal.get(path);
    const value = isTree(checked) ? one.value : checked;
    return { key: path, value: masked(value, key), source: sourceOf(one.place, setting.env) };
  });
}

const isTree = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Only values of a file stand inside something. */
function sourceOf(place: Place, variable: string): InEffect['source'] {
  const { name } = place.origin;
  if (place.inner === undefined) return { kind: name === variable ? 'environment' : 'argument', name };
  const line = lineAt(place);
  return { kind: 'file', name, ...(line === undefined ? {} : { line }) };
}
