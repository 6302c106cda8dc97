// Writes the head of a request as the destination gets it (RFC 9110 section 7.6, RFC 9112 section 3.2.2): the target without its
// host, Host from the URL, and without the fields that are meant for this proxy or for one connection. One request goes on a
// connection. The response is relayed with one field added (response-via.ts), so that the request keeps its client's version.
import { GATEWAY_NAME } from '../gateway-name.js';
import type { HttpFault } from './faults.js';
import { type Field, tokensOf, valuesOf } from './fields.js';
import type { Framing } from './framing.js';
import type { RequestLine } from './request-line.js';
import type { ReadUri } from './request-target.js';

/** Fields for one connection (RFC 9110 section 7.6.1), and those that are written here. */
const DROPPED = new Set([
  ...['connection', 'keep-alive', 'te', 'trailer', 'upgrade'],
  ...['host', 'content-length', 'transfer-encoding'],
]);
/** Fields for a proxy, credentials among them. */
const FOR_PROXIES = 'proxy-';
const COUNTED = new Set(['OPTIONS', 'TRACE']);
const COUNT = /^\d{1,9}$/;

/** Its bytes, or why it cannot be forwarded. */
export function forwardedHead(
  line: RequestLine,
  { authority, path }: ReadUri,
  fields: readonly Field[],
  framing: Framing,
): Uint8Array | HttpFault {
  const forwards = COUNTED.has(line.method) ? forwardsLeft(fields) : undefined;
  if (typeof forwards === 'string') return forwards;
  const options = new Set(tokensOf(valuesOf(fields, 'connection')));
  const takesTrailers = tokensOf(valuesOf(fields, 'te')).includes('trailers');
  const version = `1.${line.minor}`;
  let head = `${line.method} ${originOf(line.method, path)} HTTP/${version}\r\nHost: ${authority}\r\n`;
  for (const { name, key, value } of fields) {
    if (DROPPED.has(key) || options.has(key) || key.startsWith(FOR_PROXIES)) continue;
    head += `${name}: ${key === 'max-forwards' ? (forwards ?? value) : value}\r\n`;
  }
  if (framing.kind === 'length') head += `Content-Length: ${framing.length}\r\n`;
  if (framing.kind === 'chunked') head += 'Transfer-Encoding: chunked\r\n';
  if (takesTrailers) head += 'TE: trailers\r\n';
  // Field values may have characters of Latin-1, which stay the bytes that they were.
  return Buffer.from(
    `${head}Via: ${version} ${GATEWAY_NAME}\r\nConnection: ${takesTrailers ? 'close, TE' : 'close'}\r\n\r\n`,
    'latin1',
  );
}

/** RFC 9112 section 3.2.4: OPTIONS of a URL without a path and a query is about the whole server. */
function originOf(method: string, path: string): string {
  if (path === '') return method === 'OPTIONS' ? '*' : '/';
  return path.startsWith('/') ? path : `/${path}`;
}

/** Max-Forwards for the next one (RFC 9110 section 7.6.2); undefined where it is not limited. */
function forwardsLeft(fields: readonly Field[]): number | undefined | HttpFault {
  const values = valuesOf(fields, 'max-forwards');
  if (values.length === 0) return undefined;
  if (values.length > 1 || !COUNT.test(values[0])) return 'max-forwards';
  const left = Number(values[0]);
  return left === 0 ? 'last-forward' : left - 1;
}
