// HTTP/1.1 as a way in (RFC 9110, RFC 9112): CONNECT, and requests for http URLs, which go on as requests to a web server, one a
// connection. Credentials are those of Basic. What a head means is read in protocol/http.
import { depthOfVia } from '../gateway-depth.js';
import { answer, type Status } from '../http/answer.js';
import { readBasic } from '../http/basic.js';
import { ChunkedBody } from '../http/chunked-body.js';
import { FAULTS, type HttpFault } from '../http/faults.js';
import { type Field, readFields, valuesOf } from '../http/fields.js';
import { forwardedHead } from '../http/forwarded-head.js';
import { type Framing, framingOf } from '../http/framing.js';
import { HeadScan } from '../http/head-scan.js';
import { LengthBody } from '../http/length-body.js';
import { type RequestLine, readRequestLine } from '../http/request-line.js';
import { isHost, readAuthority, readUri } from '../http/request-target.js';
import { joined } from '../joined.js';
import { CONNECT_REPLIES, FORWARD_REPLIES, HEAD_REPLIES } from './http-replies.js';
import type { Inbound, InboundStep, Proceed, Refused, RequestBody } from './inbound.js';
import { speaksHttp } from './spoken.js';
import { INCOMPLETE, proceed, refused as refusedWith } from './steps.js';

export const HTTP = beginning(false);
/** The same, and a client that names no user is refused. */
export const HTTP_OF_USERS = beginning(true);

/** Without a user; with a field that cannot be read; with credentials that were judged, or refused without that. */
const NAMELESS = signIn('the request names no user: this proxy wants a user name and a password');
const UNREADABLE = signIn('Proxy-Authorization is not one field with "Basic", a user name and a password (RFC 7617)');
const WRONG = signIn('the user name or the password is wrong, or too many wrong ones have come from your address');
/** The head is read again, and its credentials are not looked at. */
const ACCEPTED = readBy(HTTP);

function beginning(wantsUser: boolean): Inbound {
  return {
    feed(bytes, start, end) {
      if (start === end) return INCOMPLETE;
      const reader = new HeadReader(wantsUser);
      const step = reader.feed(bytes, start, end);
      // It goes on where it is now, so that a head that comes byte by byte is not looked at again and again.
      return step.kind === 'incomplete' ? readBy(reader) : step;
    },
    speaks: speaksHttp,
  };
}

function readBy(next: Inbound): Proceed {
  return proceed(0, undefined, next);
}

/** Reads the head of one request. */
class HeadReader implements Inbound {
  readonly speaks = speaksHttp;
  readonly #wantsUser: boolean;
  readonly #scan = new HeadScan();
  #line: RequestLine | undefined;

  constructor(wantsUser: boolean) {
    this.#wantsUser = wantsUser;
  }

  feed(bytes: Uint8Array, start: number, end: number): InboundStep {
    for (;;) {
      const scanned = this.#scan.scan(bytes, start, end);
      if (scanned === 'incomplete') return INCOMPLETE;
      if (scanned === 'whole') return this.#request(this.#line as RequestLine, bytes, start, end);
      if (scanned !== 'line') return this.#fault(scanned);
      const { lineStart, lineEnd } = this.#scan;
      const line = readRequestLine(textOf(bytes, start + lineStart, start + lineEnd));
      if (typeof line === 'string') return this.#fault(line);
      this.#line = line;
    }
  }

  #fault(fault: HttpFault): Refused {
    const { status, sentence } = FAULTS[fault];
    return refused(status, sentence, this.#isHead);
  }

  get #isHead(): boolean {
    return this.#line?.method === 'HEAD';
  }

  /** The head is whole. */
  #request(line: RequestLine, bytes: Uint8Array, start: number, end: number): InboundStep {
    const { lineEnd, size } = this.#scan;
    const [first, last] = [start + lineEnd + 2, start + size - 4];
    const fields = readFields(first < last ? textOf(bytes, first, last) : '');
    if (typeof fields === 'string') return this.#fault(fields);
    const hosts = valuesOf(fields, 'host');
    if (hosts.length > 1 || hosts.length < line.minor || !hosts.every(isHost)) return this.#fault('host');
    const framing = framingOf(fields, line.minor);
    if (typeof framing === 'string') return this.#fault(framing);
    const step =
      line.method === 'CONNECT'
        ? this.#connect(line, bytes, start + size, end)
        : this.#forward(line, fields, framing, bytes, start + size, end);
    if (step.kind !== 'requested') return step;
    if (this.#wantsUser) return this.#claim(fields);
    const via = valuesOf(fields, 'via');
    return via.length === 0 ? step : { ...step, depth: depthOfVia(via) };
  }

  /** CONNECT has no body (RFC 9110 section 9.3.6), whatever its fields say: what follows is for the destination. */
  #connect({ target: text }: RequestLine, bytes: Uint8Array, next: number, end: number): InboundStep {
    const target = readAuthority(text);
    if (typeof target === 'string') return this.#fault(target);
    const early = next < end ? bytes.slice(next, end) : undefined;
    return { kind: 'requested', target, early, body: undefined, replies: CONNECT_REPLIES };
  }

  #forward(
    line: RequestLine,
    fields: readonly Field[],
    framing: Framing,
    bytes: Uint8Array,
    next: number,
    end: number,
  ): InboundStep {
    const uri = readUri(line.target);
    if (typeof uri === 'string') return this.#fault(uri);
    const head = forwardedHead(line, uri, fields, framing);
    if (typeof head === 'string') return this.#fault(head);
    const body = bodyOf(framing);
    const taken = body.take(bytes, next, end);
    if (body.isMalformed) return this.#fault('chunk');
    const early = taken > 0 ? joined(head, bytes.subarray(next, next + taken)) : head;
    const replies = this.#isHead ? HEAD_REPLIES : FORWARD_REPLIES;
    return { kind: 'requested', target: uri.target, early, body, replies };
  }

  #claim(fields: readonly Field[]): InboundStep {
    const values = valuesOf(fields, 'proxy-authorization');
    const form = this.#isHead ? 'head' : 'whole';
    if (values.length === 0) return NAMELESS[form];
    const credentials = values.length === 1 ? readBasic(values[0]) : undefined;
    if (credentials === undefined) return UNREADABLE[form];
    return { kind: 'claimed', ...credentials, accepted: ACCEPTED, denied: WRONG[form] };
  }
}

function bodyOf(framing: Framing): RequestBody {
  if (framing.kind === 'chunked') return new ChunkedBody();
  return new LengthBody(framing.kind === 'length' ? framing.length : 0);
}

/** Each byte as one character (Latin-1), since a field may have any bytes. */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** `head`: the answer to a request HEAD, which has no body. */
function signIn(sentence: string): Readonly<Record<'whole' | 'head', Refused>> {
  const challenge = 'Proxy-Authenticate: Basic realm="tcproute", charset="UTF-8"';
  return { whole: refused(407, sentence, false, challenge), head: refused(407, sentence, true, challenge) };
}

function refused(status: Status, sentence: string, isHead: boolean, further?: string): Refused {
  return refusedWith('http', answer(status, sentence, isHead, further), 'refused');
}
