// The type of a setting: its documentation and default as convict needs them, and the check of every given value. The
// settings themselves are in schema.ts.
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import type { Place } from '../../diagnostics/place.js';
import { asInteger, asText, type TextReader } from '../../sources/text.js';
import { type DurationUnit, parseDuration } from './duration.js';

/** The value in its normal form; undefined after an error was added to the diagnostics. */
export type Check<T> = (value: unknown, place: Place, diagnostics: Diagnostics) => T | undefined;

export interface Setting<T> {
  readonly doc: string;
  /** In its normal form. */
  readonly default: T;
  /** The environment variable that sets it. */
  readonly env: string;
  /** The allowed values in words, for error messages and the reference. */
  readonly allowed: string;
  readonly check: Check<T>;
  /** Turns the text of an environment variable or a flag into what a file would hold. */
  readonly fromText: TextReader;
  /** convict's check after ours: a throw here is our own bug. */
  readonly format: readonly T[] | ((value: unknown) => void) | '*';
}

interface IntegerRange {
  readonly doc: string;
  readonly default: number;
  readonly env: string;
  readonly min: number;
  readonly max: number;
  /** Whether 0 is allowed beside the range. */
  readonly orZero?: boolean;
}

export function integer({ doc, default: usual, env, min, max, orZero }: IntegerRange): Setting<number> {
  const { allowed, fits, check } = integerFrom(min, max, unitOf(env), orZero);
  const format = (value: unknown) => {
    if (!fits(value)) throw new Error(`must be ${allowed}`);
  };
  return { doc, default: usual, env, allowed, check, fromText: asInteger, format };
}

/** The check of a whole number; of a time, if it has a unit. `orZero`: whether 0 is allowed beside the range. */
export function integerFrom(min: number, max: number, unit?: DurationUnit, orZero = false) {
  const allowed = `${orZero ? '0, or ' : ''}an integer from ${min} to ${max}${unit === undefined ? '' : TIME_FORMS[unit]}`;
  const fits = (value: unknown): value is number =>
    Number.isInteger(value) && ((Number(value) >= min && Number(value) <= max) || (orZero && Number(value) === 0));
  const check: Check<number> = (value, place, diagnostics) => {
    const number = unit !== undefined && typeof value === 'string' ? parseDuration(value, unit) : value;
    if (fits(number)) return number + 0; // -0 is 0
    const isNumber = typeof value === 'string' && /^\s*\d+\s*$/.test(value) && fits(Number(value));
    diagnostics.reject(place, value, isNumber ? `${allowed}; a number stands without quotes` : allowed);
    return undefined;
  };
  return { allowed, fits, check };
}

const TIMES = 'or a text with a unit: "300ms", "90s", "5m", "5 min", "1.5h", "2d"';
/** The unit of a number, and the texts that are understood. */
const TIME_FORMS: Readonly<Record<DurationUnit, string>> = {
  ms: ` (milliseconds), ${TIMES}`,
  s: ` (seconds), ${TIMES}`,
};

/** The unit is the last part of the variable's name. */
function unitOf(name: string): DurationUnit | undefined {
  if (name.endsWith('_MS')) return 'ms';
  return name.endsWith('_S') ? 's' : undefined;
}

interface Optional<T> extends Pick<Setting<T>, 'doc' | 'env' | 'check'> {
  /** What `check` allows, and that null stands for none. */
  readonly allowed: string;
}

/** A text that there need not be. */
export function orNone<T>({ doc, env, allowed, check }: Optional<T>): Setting<T | null> {
  return {
    ...{ doc, default: null, env, allowed, fromText: asText, format: '*' },
    check: (value, place, diagnostics) => (value === null ? value : check(value, place, diagnostics)),
  };
}

interface Choices<T> {
  readonly doc: string;
  readonly default: T;
  readonly env: string;
  readonly choices: readonly T[];
}

export function choice<T extends string>({ doc, default: usual, env, choices }: Choices<T>): Setting<T> {
  const allowed = choices.join(', ');
  const check: Check<T> = (value, place, diagnostics) => {
    const chosen = choices.find((one) => one === value || one === switchOf(value));
    if (chosen === undefined) diagnostics.reject(place, value, allowed);
    return chosen;
  };
  return { doc, default: usual, env, allowed, check, fromText: asText, format: choices };
}

/** `on` or `off` for true and false; an environment variable gives them as texts. */
function switchOf(value: unknown): string | undefined {
  if (value === true || value === 'true') return 'on';
  return value === false || value === 'false' ? 'off' : undefined;
}
