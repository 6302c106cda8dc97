// The configuration in effect, with what the gateway has computed or was told while it runs. Pure.
import type { LogLevel } from '../../protocol/options.js';
import type { InEffect } from './in-effect.js';

export interface Effective extends Omit<InEffect, 'source'> {
  readonly source: Omit<InEffect['source'], 'kind'> & {
    readonly kind: InEffect['source']['kind'] | 'computed' | 'admin';
  };
  /** What the configuration says instead. */
  readonly configured?: unknown;
}

/** `options`: those that the gateway works by. `level`: the one that was set while it runs; undefined where none was. */
export function effective(
  values: readonly InEffect[],
  options: object,
  level: LogLevel | undefined,
): readonly Effective[] {
  return values.map((one) => {
    const { key, value: configured } = one;
    if (key === 'log_level' && level !== undefined)
      return { key, value: level, source: { kind: 'admin' }, ...(configured === level ? {} : { configured }) };
    const computed = at(options, key.split('.'));
    const isComputed = typeof configured === 'number' && typeof computed === 'number' && computed !== configured;
    return isComputed ? { key, value: computed, source: { kind: 'computed' }, configured } : one;
  });
}

/** Undefined where there is no such option. */
function at(options: unknown, [name, ...inner]: readonly string[]): unknown {
  if (name === undefined) return options;
  if (typeof options !== 'object' || options === null || !Object.hasOwn(options, name)) return undefined;
  return at(Reflect.get(options, name), inner);
}
