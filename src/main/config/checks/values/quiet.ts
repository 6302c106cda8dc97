// Checks `keepalive` and `idle_timeout_ms` of a rule or a listener.
import { type KeepAlive, keepAliveAfter, type QuietKeys } from '../../../../protocol/quiet/quiet.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import { inside, type Place } from '../../diagnostics/place.js';
import { type Check, integerFrom } from './setting.js';

export const QUIET_KEYS = ['keepalive', 'idle_timeout_ms'] as const;
/** Another spelling of `idle_timeout_ms`. */
const SPELLING = 'idle_timeout';
/** All keys that `checkQuiet` knows. */
export const QUIET_SPELLINGS: readonly string[] = [...QUIET_KEYS, SPELLING];

const DAY_MS = 86_400_000;
/** Of the kernel: MAX_TCP_KEEPIDLE and MAX_TCP_KEEPINTVL, and MAX_TCP_KEEPCNT. */
const SECONDS_MAX = 32_767;
const PROBES_MAX = 127;
const PARTS: Readonly<Record<keyof KeepAlive, Check<number>>> = {
  idle_s: integerFrom(1, SECONDS_MAX, 's').check,
  interval_s: integerFrom(1, SECONDS_MAX, 's').check,
  probes: integerFrom(1, PROBES_MAX).check,
};
const PART_KEYS = Object.keys(PARTS);
export const KEEPALIVE_ALLOWED = `false for none, or an object with ${PART_KEYS.join(', ')}, of which the last two may be left out`;
const checkTimeout = integerFrom(0, 7 * DAY_MS, 'ms').check;

type Fields = Readonly<Record<string, unknown>>;

/** Undefined where `fields` have none of the keys. Wrong values are reported, and left out. */
export function checkQuiet(fields: Fields, place: Place, diagnostics: Diagnostics): QuietKeys | undefined {
  if (!QUIET_SPELLINGS.some((key) => Object.hasOwn(fields, key))) return undefined;
  if (Object.hasOwn(fields, SPELLING) && Object.hasOwn(fields, 'idle_timeout_ms')) {
    diagnostics.error(inside(place, SPELLING), 'is another spelling of "idle_timeout_ms"; allowed: one of them');
  }
  const optional = <T>(key: string, check: Check<T>): T | undefined =>
    Object.hasOwn(fields, key) ? check(fields[key], inside(place, key), diagnostics) : undefined;
  const keepalive = optional('keepalive', checkKeepAlive);
  const idle_timeout_ms = optional('idle_timeout_ms', checkTimeout) ?? optional(SPELLING, checkTimeout);
  return {
    ...(keepalive === undefined ? {} : { keepalive }),
    ...(idle_timeout_ms === undefined ? {} : { idle_timeout_ms }),
  };
}

const checkKeepAlive: Check<KeepAlive | false> = (value, place, diagnostics) => {
  if (value === false || value === 'off') return false;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    diagnostics.reject(place, value, KEEPALIVE_ALLOWED);
    return undefined;
  }
  const fields = value as Fields;
  for (const key of Object.keys(fields)) if (!PART_KEYS.includes(key)) diagnostics.unknownKey(place, key, PART_KEYS);
  if (!Object.hasOwn(fields, 'idle_s')) diagnostics.missing(place, 'idle_s', 'the silence before the first probe');
  const part = (key: keyof KeepAlive): number | undefined =>
    Object.hasOwn(fields, key) ? PARTS[key](fields[key], inside(place, key), diagnostics) : undefined;
  const [idle_s, interval_s, probes] = [part('idle_s'), part('interval_s'), part('probes')];
  if (idle_s === undefined) return undefined;
  const usual = keepAliveAfter(idle_s);
  return { idle_s, interval_s: interval_s ?? usual.interval_s, probes: probes ?? usual.probes };
};
