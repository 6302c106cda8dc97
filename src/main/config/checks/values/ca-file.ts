// The file with further certificate authorities. It only looks whether the path can be one; the DNS actor reads it.
import { fileAt } from '../../diagnostics/place.js';
import type { Check } from './setting.js';

const PATH_LENGTH_MAX = 4096;
export const CA_FILE_ALLOWED = 'a path; null for none';

export const checkCaFile: Check<string | null> = (value, place, diagnostics) => {
  if (value === null) return value;
  if (isPath(value)) return fileAt(place, value);
  diagnostics.reject(place, value, CA_FILE_ALLOWED);
  return undefined;
};

/** Whether a file could have it. */
export function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= PATH_LENGTH_MAX && !value.includes('\0');
}
