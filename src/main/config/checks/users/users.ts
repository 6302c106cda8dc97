// Checks users: their names, passwords and lines. A value that may be a password is never shown. It does not know the lines
// (see on-lines.ts) and judges no claim.
import { isPassword, isUserName, NAME_ALLOWED, PASSWORD_ALLOWED } from '../../../../protocol/users/credentials.js';
import type { OwnLimits } from '../../../../protocol/users/own-limits.js';
import { looksHashed, PHC_ALLOWED, readPhc } from '../../../../protocol/users/phc.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import { shown } from '../../diagnostics/mask.js';
import { inside, type Place } from '../../diagnostics/place.js';
import { oneOrList } from '../values/one-or-list.js';
import { secretIn } from '../values/secret.js';
import type { Check } from '../values/setting.js';
import { checkUserLimits } from './user-limits.js';

/** A user that still has names of lines, not their numbers. */
export interface UserSetting {
  readonly name: string;
  readonly password: string;
  readonly lines: readonly string[] | undefined;
  readonly limits?: OwnLimits | undefined;
}

const USERS_MAX = 50_000;
/** The maximum of `limits.lines_max`. */
const LINES_MAX = 1024;
const KEYS = ['password', 'password_file', 'lines', 'limits'] as const;
const USER_ALLOWED = 'an object with a password (or password_file), and perhaps lines and limits';
export const USERS_ALLOWED = `an object of 1 to ${USERS_MAX} names, each with ${USER_ALLOWED}: {"alice": {"password": "…"}}`;
const SECRET_ALLOWED = `${PASSWORD_ALLOWED}, or its hash as \`tcproute passwd\` prints it`;
const LINES_ALLOWED = `the name of a line, or a list of 1 to ${LINES_MAX} such`;

export const checkUsers: Check<readonly UserSetting[]> = (value, place, diagnostics) => {
  const fields = asObject(value);
  if (fields === undefined || Object.keys(fields).length > 0) return checkUserTable(value, place, diagnostics);
  diagnostics.error(place, `has nobody; allowed: ${USERS_ALLOWED}`);
  return undefined;
};

/** As `checkUsers`, but there may be nobody. Wrong users are left out after their mistakes were reported. */
export const checkUserTable: Check<readonly UserSetting[]> = (value, place, diagnostics) => {
  const fields = asObject(value);
  if (fields === undefined || Object.keys(fields).length > USERS_MAX) {
    rejectSecret(place, value, USERS_ALLOWED, diagnostics);
    return undefined;
  }
  return Object.entries(fields).flatMap(
    ([name, user]) => checkUser(name, user, inside(place, name), diagnostics) ?? [],
  );
};

function checkUser(name: string, value: unknown, place: Place, diagnostics: Diagnostics): UserSetting | undefined {
  if (!isUserName(name)) diagnostics.error(place, `is not a name; allowed: ${NAME_ALLOWED}`);
  else if (name.includes(':')) diagnostics.warn(place, 'has a colon: over HTTP a user cannot be named so (RFC 7617)');
  const fields = asObject(value);
  if (fields === undefined) {
    rejectSecret(place, value, USER_ALLOWED, diagnostics);
    return undefined;
  }
  for (const key of Object.keys(fields)) {
    if (!KEYS.some((known) => known === key)) diagnostics.unknownKey(place, key, KEYS);
  }
  const lines = Object.hasOwn(fields, 'lines')
    ? checkLines(fields['lines'], inside(place, 'lines'), diagnostics)
    : undefined;
  const limits = Object.hasOwn(fields, 'limits')
    ? checkUserLimits(fields['limits'], inside(place, 'limits'), diagnostics)
    : undefined;
  const secret = secretIn(fields, 'password', place, diagnostics);
  if (secret.kind === 'absent') diagnostics.missing(place, 'password', SECRET_ALLOWED);
  const password = secret.kind === 'given' ? checkPassword(secret.value, secret.place, diagnostics) : undefined;
  if (password === undefined) return undefined;
  return limits === undefined ? { name, password, lines } : { name, password, lines, limits };
}

function checkPassword(value: unknown, place: Place, diagnostics: Diagnostics): string | undefined {
  if (typeof value !== 'string') {
    const isNumber = typeof value === 'number';
    rejectSecret(place, value, isNumber ? `${SECRET_ALLOWED}; digits stand in quotes` : SECRET_ALLOWED, diagnostics);
    return undefined;
  }
  if (looksHashed(value)) {
    const read = readPhc(value);
    if (read.code === 'read') return value;
    const kind = value.startsWith('$scrypt$')
      ? 'an scrypt hash, but not one that can be used'
      : 'a hash of another kind';
    diagnostics.error(place, `looks like ${kind}; allowed: ${PHC_ALLOWED}`);
    return undefined;
  }
  if (isPassword(value)) return value;
  rejectSecret(place, value, SECRET_ALLOWED, diagnostics);
  return undefined;
}

function checkLines(value: unknown, place: Place, diagnostics: Diagnostics): readonly string[] | undefined {
  const names = oneOrList(value, place, 1, LINES_MAX);
  if (names === undefined) diagnostics.reject(place, value, LINES_ALLOWED);
  return names?.flatMap(([name, at]) => {
    if (typeof name === 'string') return [name];
    diagnostics.reject(at, name, 'the name of a line');
    return [];
  });
}

/** Shows only the type of a value. */
function rejectSecret(place: Place, value: unknown, allowed: string, diagnostics: Diagnostics): void {
  diagnostics.error(place, `${shown(value, 'password')} is not allowed; allowed: ${allowed}`);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const fits = typeof value === 'object' && value !== null && !Array.isArray(value);
  return fits ? (value as Readonly<Record<string, unknown>>) : undefined;
}
