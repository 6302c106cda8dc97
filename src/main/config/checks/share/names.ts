// Checks the name of a site and of a gateway. They are part of keys in the engine, where braces and colons have a meaning.
import type { Check } from '../values/setting.js';

const FORM = /^[a-z0-9][a-z0-9._-]{0,31}$/;
export const SITE_NAME_ALLOWED = '1 to 32 of a-z 0-9 . _ -, the first a letter or a digit';

export const isSiteName = (value: unknown): value is string => typeof value === 'string' && FORM.test(value);

export const checkSiteName: Check<string> = (value, place, diagnostics) => {
  if (isSiteName(value)) return value;
  diagnostics.reject(place, value, SITE_NAME_ALLOWED);
  return undefined;
};

/** The name of the machine as that of a gateway. */
export function siteNameOf(hostname: string): string {
  const name = hostname
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 32);
  return name === '' ? 'gateway' : name;
}
