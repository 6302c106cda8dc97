// Tells from the header fields where the body of a request ends (RFC 9112 section 6). What two parsers could read in two ways is
// refused.
import type { HttpFault } from './faults.js';
import { type Field, listOf, tokensOf, valuesOf } from './fields.js';

export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' };

/** Digits of a length that is still an exact number. */
const LENGTH = /^\d{1,15}$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NONE = { kind: 'none' } as const;
const CHUNKED = { kind: 'chunked' } as const;

/** `minor`: of the request's version HTTP/1.x. */
export function framingOf(fields: readonly Field[], minor: 0 | 1): Framing | HttpFault {
  const lengths = valuesOf(fields, 'content-length');
  const codings = valuesOf(fields, 'transfer-encoding');
  if (codings.length > 0) return lengths.length > 0 ? 'length-and-coding' : codedFraming(codings, minor);
  return lengths.length > 0 ? lengthFraming(lengths) : NONE;
}

/** Several equal lengths are one (section 6.3), and are sent on as one. */
function lengthFraming(values: readonly string[]): Framing | HttpFault {
  const lengths = listOf(values);
  if (!lengths.every((text) => LENGTH.test(text))) return 'content-length';
  const [length, ...others] = lengths.map(Number);
  return others.every((other) => other === length) ? { kind: 'length', length } : 'content-length';
}

/** Where `chunked` is not the last coding, and the only one of its name, the end is not known (section 6.3). */
function codedFraming(values: readonly string[], minor: 0 | 1): Framing | HttpFault {
  const codings = tokensOf(values);
  const isLast = codings.indexOf('chunked') === codings.length - 1;
  if (minor === 0 || codings.length === 0 || !isLast) return 'transfer-coding';
  if (codings.length === 1) return values.length === 1 ? CHUNKED : 'transfer-coding';
  return codings.every((coding) => TOKEN.test(coding)) ? 'unknown-coding' : 'transfer-coding';
}
