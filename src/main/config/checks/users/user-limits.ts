// Checks the limits of one user. Those of all users are keys of the schema.
import type { OwnLimits } from '../../../../protocol/users/own-limits.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import { inside, type Place } from '../../diagnostics/place.js';
import { asInteger } from '../../sources/text.js';
import { BYTES_ALLOWED, bytesOf } from '../values/bytes.js';
import type { Check, Setting } from '../values/setting.js';

/** The largest value of each key, as of `limits.user_connections_max` and `limits.user_rate`. */
export const USER_LIMITS_MAX = { connections_max: 10_000_000, rate: 1_000_000 } as const;

type Key = keyof typeof USER_LIMITS_MAX;
const KEYS = [...(Object.keys(USER_LIMITS_MAX) as Key[]), 'bytes_max'] as const;
const ALLOWED = `an object with one or more of ${KEYS.join(', ')}`;
const BYTES_MAX_ALLOWED = `0 for no limit, or ${BYTES_ALLOWED}`;

/** What a user may carry in a month; 0 for no limit. */
const checkBytesMax: Check<number> = (value, place, diagnostics) => {
  const bytes = value === 0 ? 0 : bytesOf(value);
  if (bytes === undefined) diagnostics.reject(place, value, BYTES_MAX_ALLOWED);
  return bytes;
};

export const userBytesMax = ({ doc, env }: Pick<Setting<number>, 'doc' | 'env'>): Setting<number> => ({
  ...{ doc, env, default: 0, allowed: BYTES_MAX_ALLOWED, check: checkBytesMax, fromText: asInteger, format: '*' },
});

/** Undefined after mistakes were reported. */
export function checkUserLimits(value: unknown, place: Place, diagnostics: Diagnostics): OwnLimits | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    diagnostics.reject(place, value, ALLOWED);
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (!KEYS.some((known) => known === key)) diagnostics.unknownKey(place, key, KEYS);
  }
  const number = (key: Key): number | undefined => {
    const given = (value as Readonly<Record<string, unknown>>)[key];
    if (!Object.hasOwn(value, key)) return undefined;
    if (typeof given === 'number' && Number.isInteger(given) && given >= 0 && given <= USER_LIMITS_MAX[key])
      return given;
    diagnostics.reject(inside(place, key), given, `an integer from 0 to ${USER_LIMITS_MAX[key]}; 0 is no limit`);
    return undefined;
  };
  const limits = { connections_max: number('connections_max'), rate: number('rate') };
  if (!Object.hasOwn(value, 'bytes_max')) return limits;
  const bytes_max = checkBytesMax(
    (value as Readonly<Record<string, unknown>>)['bytes_max'],
    inside(place, 'bytes_max'),
    diagnostics,
  );
  return { ...limits, bytes_max };
}
