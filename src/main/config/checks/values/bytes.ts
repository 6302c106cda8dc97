// Checks a number of bytes, which may be a text with a unit.
import { parseByteSize } from './byte-size.js';

/** Sums of bytes stay exact. */
const BYTES_MAX = 1e15;
export const BYTES_ALLOWED = `an integer from 1 to ${BYTES_MAX}, or a text with a unit: "50GB", "500MiB", "1.5TB"`;

/** Undefined if the value is no number of bytes that is allowed. */
export function bytesOf(value: unknown): number | undefined {
  const bytes = typeof value === 'string' ? parseByteSize(value) : value;
  return Number.isInteger(bytes) && Number(bytes) >= 1 && Number(bytes) <= BYTES_MAX ? Number(bytes) : undefined;
}
