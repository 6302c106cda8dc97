// Checks whether a value from outside has the shape that a type promises. Pure. A check returns what is wrong and where, or
// undefined; it stops at the first fault and ignores unknown keys.

/** `at` is the place of the value, such as `rounds[3].failures`. */
export type Check = (value: unknown, at: string) => string | undefined;

const a =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value, at) =>
    holds(value) ? undefined : `${at}: ${what} is needed`;

export const isText = a('a text', (value) => typeof value === 'string');
export const isNumber = a('a number', Number.isFinite);
/** NaN (null in JSON) stands for what the machine did not tell. */
export const isMeasured = a('a number or null', (value) => typeof value === 'number');
export const isAmount = a('a number from 0', (value) => Number.isFinite(value) && (value as number) >= 0);
export const isPositive = a('a number above 0', (value) => Number.isFinite(value) && (value as number) > 0);
export const isDate = a('a date', (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)));

const isRecord = a('an object', (value) => typeof value === 'object' && value !== null && !Array.isArray(value));

export const optional =
  (check: Check): Check =>
  (value, at) =>
    value === undefined ? undefined : check(value, at);

export const listOf =
  (check: Check, most: number): Check =>
  (value, at) => {
    if (!Array.isArray(value) || value.length > most) return `${at}: a list of at most ${most} is needed`;
    for (const [index, item] of value.entries()) {
      const fault = check(item, `${at}[${index}]`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };

/** An object whose values all pass `check`. */
export const recordOf =
  (check: Check): Check =>
  (value, at) => {
    const fault = isRecord(value, at);
    if (fault !== undefined) return fault;
    for (const [key, item] of Object.entries(value as object)) {
      const inside = check(item, `${at}.${key}`);
      if (inside !== undefined) return inside;
    }
    return undefined;
  };

export const isAnything: Check = () => undefined;

/** An object with at least these keys. */
export const shape =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    const fault = isRecord(value, at);
    if (fault !== undefined) return fault;
    for (const [key, check] of Object.entries(checks)) {
      const inside = check((value as Record<string, unknown>)[key], at === '' ? key : `${at}.${key}`);
      if (inside !== undefined) return inside;
    }
    return undefined;
  };
