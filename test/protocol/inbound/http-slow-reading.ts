// Reads a request as RFC 9112 says, slowly: everything at once, line by line. Written from the RFC and not with the gateway's
// code, so that both cannot share a mistake. It tells only what becomes of the request, for the targets of http.test.ts.
import { slowChunked } from '../http/slow-chunked.js';

export interface SlowReading {
  readonly kind: 'incomplete' | 'refused' | 'requested';
  /** Of a refusal; else 0. */
  readonly status: number;
}

const refused = (status: number): SlowReading => ({ kind: 'refused', status });
const INCOMPLETE: SlowReading = { kind: 'incomplete', status: 0 };
const REQUESTED: SlowReading = { kind: 'requested', status: 0 };

/** `text`: all bytes, one character each. */
export function slowReading(text: string): SlowReading {
  let rest = text;
  if (rest.startsWith('\r\n')) rest = rest.slice(2);
  const first = lineOf(rest);
  if (/^[ \t]/.test(rest)) return refused(400);
  if (first.kind !== 'line') return wrong(first);
  const words = first.line.split(' ');
  if (words.some((word) => word === '') || words.length < 2 || words.length > 3 || /[\t\x80-\xff#]/.test(first.line)) {
    return refused(400);
  }
  const [method, target, version = 'HTTP/0.9'] = words;
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(method)) return refused(400);
  if (!/^HTTP\/\d(?:\.\d)?$/.test(version)) return refused(400);
  if (!version.startsWith('HTTP/1')) return refused(505);
  if (version === 'HTTP/1') return refused(400);
  rest = rest.slice(first.line.length + 2);
  const fields: [string, string][] = [];
  for (;;) {
    const next = lineOf(rest);
    if (next.kind !== 'line') {
      if (/^[ \t]/.test(rest)) return refused(400);
      return wrong(next);
    }
    if (/^[ \t]/.test(next.line)) return refused(400);
    rest = rest.slice(next.line.length + 2);
    if (next.line === '') break;
    fields.push(
      next.line.includes(':') ? [next.line.split(':')[0], next.line.split(':').slice(1).join(':')] : ['', ''],
    );
  }
  if (fields.some(([name]) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name))) return refused(400);
  const of = (name: string) => fields.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value.trim());
  const hosts = of('host');
  if (hosts.length > 1 || (version !== 'HTTP/1.0' && hosts.length === 0)) return refused(400);
  if (!hosts.every((host) => /^[a-z.]*(?::\d*)?$/.test(host))) return refused(400);
  const [lengths, codings] = [of('content-length').flatMap((value) => value.split(',')), of('transfer-encoding')];
  if (codings.length > 0) {
    if (lengths.length > 0 || version === 'HTTP/1.0') return refused(400);
    const all = codings
      .join(',')
      .split(',')
      .map((coding) => coding.trim());
    if (all.filter((coding) => coding === 'chunked').length !== 1 || all.at(-1) !== 'chunked') return refused(400);
    if (all.length > 1) return refused(501);
  }
  if (!lengths.every((length) => /^\d+$/.test(length)) || new Set(lengths).size > 1) return refused(400);
  if (method === 'CONNECT') return /^[a-z.]+:\d+$/.test(target) ? REQUESTED : refused(400);
  if (!/^http:\/\/[a-z.]+\//.test(target)) return refused(400);
  return codings.length > 0 && slowChunked(rest).end === 'malformed' ? refused(400) : REQUESTED;
}

type Line = { readonly kind: 'line'; readonly line: string } | { readonly kind: 'open' } | { readonly kind: 'wrong' };

/** The first line: up to CR LF. A control character or a lone CR or LF before that is wrong. */
function lineOf(text: string): Line {
  const end = text.indexOf('\r\n');
  const line = end < 0 ? text : text.slice(0, end);
  const checked = end < 0 ? line.replace(/\r$/, '') : line;
  if (/(?!\t)\p{Cc}/u.test(checked.replace(/[\x80-\xff]/g, ''))) return { kind: 'wrong' };
  return end < 0 ? { kind: 'open' } : { kind: 'line', line };
}

const wrong = (line: Line): SlowReading => (line.kind === 'wrong' ? refused(400) : INCOMPLETE);
