// Reads a request line (RFC 9112 section 3): method, target, version. What the target means is read in request-target.ts.
import type { HttpFault } from './faults.js';

export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** Of HTTP/1.x: 0, or 1 for all later ones (RFC 9110 section 2.5). */
  readonly minor: 0 | 1;
}

/** A token, and visible characters without `#`: no fragment is ever sent. Browsers send more of them than RFC 3986 allows. */
const LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!"$-~]+)(?: (\S+))?$/;
const VERSION = /^HTTP\/(\d)(?:\.(\d))?$/;

/** `text` has no line end. */
export function readRequestLine(text: string): RequestLine | HttpFault {
  const [, method, target, version] = LINE.exec(text) ?? [];
  if (method === undefined || target === undefined) return 'request-line';
  // A line without a version is a request of HTTP/0.9.
  if (version === undefined) return 'version';
  const [, major, minor] = VERSION.exec(version) ?? [];
  if (major === undefined) return 'request-line';
  if (major !== '1') return 'version';
  return minor === undefined ? 'request-line' : { method, target, minor: minor === '0' ? 0 : 1 };
}
