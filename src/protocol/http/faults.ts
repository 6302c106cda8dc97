// What is wrong with a request of HTTP/1.1: one closed union of codes, and one table with the status and the sentence for the
// client. Failures of connections are in race/failure.ts.
import type { Status } from './answer.js';

interface FaultRow {
  readonly status: Status;
  /** Follows "tcproute: " in the body of the answer. */
  readonly sentence: string;
}

export const FAULTS = {
  'bare-line-end': row(400, 'a line of the request ends with CR or LF alone, and not with both (RFC 9112 section 2.2)'),
  'control-character': row(400, 'the head of the request has a control character'),
  'folded-line': row(400, 'a line of the request begins with a space (RFC 9112 section 5.2)'),
  'request-line': row(400, 'the request line is not METHOD TARGET HTTP/1.1'),
  version: row(505, 'only HTTP/1.0 and HTTP/1.1 are spoken here'),
  'target-too-long': row(414, 'the request line is longer than 16 KiB'),
  'head-too-long': row(431, 'the head of the request is longer than 16 KiB'),
  'too-many-fields': row(431, 'the request has more than 200 header fields'),
  'field-line': row(400, 'a header field is not NAME: VALUE, without a space before the colon'),
  host: row(400, 'a request of HTTP/1.1 has exactly one Host field, with a host and perhaps a port'),
  'content-length': row(400, 'Content-Length is no number, or has two values'),
  'length-and-coding': row(400, 'the request has both Content-Length and Transfer-Encoding'),
  'transfer-coding': row(400, 'the only Transfer-Encoding of a request is "chunked", and HTTP/1.0 has none'),
  'unknown-coding': row(501, 'no Transfer-Encoding but "chunked" is known here'),
  chunk: row(400, 'the body is not what "Transfer-Encoding: chunked" says (RFC 9112 section 7.1)'),
  authority: row(400, 'CONNECT takes HOST:PORT, with an IPv6 address in brackets and a port from 1 to 65535'),
  uri: row(400, 'the target of the request is not http://HOST, http://HOST:PORT or one of these with a path'),
  'https-uri': row(400, 'an https URL is reached by CONNECT HOST:PORT, and TLS through that'),
  'user-information': row(400, 'the URL has a user name before its host: name the user in a header field'),
  'not-a-proxy-request': row(
    400,
    'this is a proxy, not a web server. Set it as the proxy of your client: a request names a whole URL, or is CONNECT HOST:PORT',
  ),
  'max-forwards': row(400, 'Max-Forwards is no number, or is there twice'),
  'last-forward': row(501, 'Max-Forwards is 0, and this proxy answers no such request itself'),
} as const;

export type HttpFault = keyof typeof FAULTS;

function row(status: Status, sentence: string): FaultRow {
  return { status, sentence };
}
