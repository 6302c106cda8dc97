// Checks dns.ca_file, the file with further certificate authorities. It checks only the form of the path and reads no file:
// the DNS actor does.
import { fileAt } from '../../diagnostics/place.js';
import type { Check } from './setting.js';

const PATH_LENGTH_MAX = 4096;
export const CA_FILE_ALLOWED = 'a path; null for none';

export const checkCaFile: Check<string> = (value, place, diagnostics) => {
  if (isPath(value)) return fileAt(place, value);
  diagnostics.reject(place, value, CA_FILE_ALLOWED);
  return undefined;
};

/** Whether the value can be the path of a file. */
export function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= PATH_LENGTH_MAX && !value.includes('\0');
}
