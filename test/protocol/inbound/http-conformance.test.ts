// What RFC 9110 and RFC 9112 demand of a proxy like this: a test for each MUST, named by its section. What a request becomes that is
// sent on is in http-forwarding.test.ts, and what only sockets show in test/gateway/conformance-http.test.ts. Responses of web
// servers get Via and are else relayed as they come: what that leaves out is said in docs/protocols.md.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HEAD_SIZE_MAX, HeadScan } from '../../../src/protocol/http/head-scan.js';
import { HTTP } from '../../../src/protocol/inbound/http.js';
import { CONNECT_REPLIES, FORWARD_REPLIES, HEAD_REPLIES } from '../../../src/protocol/inbound/http-replies.js';
import { FAILURES, type FailureCode, failureOf } from '../../../src/protocol/race/failure.js';
import { latin1, outcomeOf, splits } from './http-conversation.js';

const lines = (text: string): Uint8Array => latin1(text.replaceAll('^', '\r\n'));

/** Status of the refusal, the same at every split; 0 for a request that is taken, -1 for one that is not whole. */
function statusOf(bytes: Uint8Array): number {
  const whole = outcomeOf(HTTP, [bytes]);
  if (bytes.length < 1000) {
    for (const parts of splits(bytes)) assert.deepEqual(outcomeOf(HTTP, parts), whole, Buffer.from(bytes).toString());
  }
  if (whole.kind === 'refused') {
    assert.match(whole.text, /\r\nConnection: close\r\n/);
    assert.match(whole.text, /\r\n\r\n(?:tcproute: .+\n)?$/);
  }
  return whole.kind === 'refused' ? whole.status : whole.kind === 'requested' ? 0 : -1;
}

const GET = 'GET http://a.test/ HTTP/1.1^Host: a.test^';
const POST = 'POST http://a.test/ HTTP/1.1^Host: a.test^';

/** Section, what it says, status, and requests in which `^` is a line end. */
const TABLE: readonly [string, string, number, readonly string[]][] = [
  ['9112 2.2', 'one empty line before the request line is ignored', 0, [`^${GET}^`]],
  [
    '9112 2.2',
    'a CR or LF alone ends no line',
    400,
    [
      ...[
        'GET http://a.test/ HTTP/1.1\nHost: a.test\n\n',
        `${GET}A: b\n^`,
        `${GET}A: b\rc^^`,
        `\n${GET}^`,
        '\r\r\n',
        `${GET}\n`,
        `${GET}A: b\r\r\n^`,
      ],
    ],
  ],
  [
    '9112 2.2',
    'white space before the first field is not taken',
    400,
    ['GET http://a.test/ HTTP/1.1^ Host: a.test^^', 'GET http://a.test/ HTTP/1.1^\tX: y^Host: a.test^^'],
  ],
  ['9112 2.3', 'HTTP/1.2 is read as HTTP/1.1', 0, ['GET http://a.test/ HTTP/1.2^Host: a.test^^']],
  [
    '9110 15.6.6',
    'other major versions are not spoken',
    505,
    [
      ...[
        'PRI * HTTP/2.0^^SM^^',
        'GET http://a.test/ HTTP/0.9^^',
        'GET http://a.test/^',
        'GET http://a.test/ HTTP/3.0^^',
        'GET http://a.test/ HTTP/2^^',
      ],
    ],
  ],
  [
    '9112 3',
    'the parts of a request line stand one space apart',
    400,
    [
      ...[
        'GET  http://a.test/ HTTP/1.1^Host: a.test^^',
        ' GET http://a.test/ HTTP/1.1^^',
        'GET\thttp://a.test/\tHTTP/1.1^^',
        'GET http://a.test/ HTTP/1.1 ^^',
      ],
      ...['GET http://a.test/ HTTP/1.1 x^^', 'GET^', 'GET ^', '^^', 'GET http://a.test/a b HTTP/1.1^Host: a.test^^'],
    ],
  ],
  [
    '9112 2.3',
    'the name of the protocol is in capitals',
    400,
    [
      'GET http://a.test/ http/1.1^^',
      'GET http://a.test/ HTTP/1.^^',
      'GET http://a.test/ HTTP/11^^',
      'GET http://a.test/ HTTP/1.10^^',
      'GET http://a.test/ HTTP/1^^',
      'GET http://a.test/ ICY/1.1^^',
    ],
  ],
  [
    '9112 3.1',
    'a method is a token',
    400,
    ['G(T http://a.test/ HTTP/1.1^^', 'GET: http://a.test/ HTTP/1.1^^', 'G\xe9T http://a.test/ HTTP/1.1^^'],
  ],
  ['9112 3', 'a request line that is too long', 414, [`GET http://a.test/${'a'.repeat(HEAD_SIZE_MAX)}`]],
  [
    '9112 3.2',
    'a request of HTTP/1.1 has a Host field',
    400,
    ['GET http://a.test/ HTTP/1.1^^', 'CONNECT a.test:443 HTTP/1.1^^'],
  ],
  [
    '9112 3.2',
    'a request of HTTP/1.0 needs none',
    0,
    ['GET http://a.test/ HTTP/1.0^^', 'CONNECT a.test:443 HTTP/1.0^^'],
  ],
  [
    '9112 3.2',
    'there is no second Host field',
    400,
    [`${GET}Host: a.test^^`, `${GET}hOST: b.test^^`, 'GET http://a.test/ HTTP/1.0^Host: a^Host: a^^'],
  ],
  [
    '9112 3.2',
    'a Host field has a host and a port',
    400,
    [
      'GET http://a.test/ HTTP/1.1^Host: a test^^',
      'GET http://a.test/ HTTP/1.1^Host: a/b^^',
      'GET http://a.test/ HTTP/1.1^Host: a:b^^',
      'GET http://a.test/ HTTP/1.1^Host: u@a^^',
    ],
  ],
  [
    '9112 3.2.1',
    'a request to a web server is not for a proxy',
    400,
    ['GET / HTTP/1.1^Host: a.test^^', 'OPTIONS * HTTP/1.1^Host: a.test^^'],
  ],
  [
    '9112 3.2.3',
    'only CONNECT has HOST:PORT',
    400,
    ['GET a.test:80 HTTP/1.1^Host: a.test^^', 'GET a.test HTTP/1.1^Host: a.test^^'],
  ],
  [
    '9110 4.2.1',
    'a URL without a host is refused',
    400,
    ['GET http:///x HTTP/1.1^Host:^^', 'GET http://:80/ HTTP/1.1^Host:^^', 'GET http:/x HTTP/1.1^Host:^^'],
  ],
  [
    '9110 4.2.1',
    'a port is a number of a port',
    400,
    [
      'GET http://a.test:0/ HTTP/1.1^Host:^^',
      'GET http://a.test:65536/ HTTP/1.1^Host:^^',
      'GET http://a.test:x/ HTTP/1.1^Host:^^',
      'GET http://::1/ HTTP/1.1^Host:^^',
    ],
  ],
  ['9110 4.2.1', 'a port may be left out behind its colon', 0, ['GET http://a.test:/ HTTP/1.1^Host:^^']],
  [
    '9110 4.2.4',
    'a URL names no user',
    400,
    [
      'GET http://u@a.test/ HTTP/1.1^Host:^^',
      'GET http://u:p@a.test/ HTTP/1.1^Host:^^',
      'GET http://a.test@b.test/ HTTP/1.1^Host:^^',
    ],
  ],
  [
    '9110 7.4',
    'a URL of another scheme is not for this proxy',
    400,
    ['GET https://a.test/ HTTP/1.1^Host:^^', 'GET ftp://a.test/ HTTP/1.1^Host:^^'],
  ],
  ['9112 3.2', 'a fragment is not sent', 400, ['GET http://a.test/#x HTTP/1.1^Host:^^']],
  [
    '9112 5.1',
    'no white space before the colon',
    400,
    [`${GET}X : y^^`, `${GET}X\t: y^^`, `${GET}: y^^`, `${GET}X^^`, `${GET}X y: z^^`, `${GET}\xe9: z^^`],
  ],
  ['9112 5.2', 'no folded line', 400, [`${GET}X: y^ z^^`, `${GET}X: y^\tz^^`, `${GET} ^^`]],
  [
    '9110 5.5',
    'no CR, LF or NUL in a value, nor other controls',
    400,
    [`${GET}X: \0^^`, `${GET}X: a\x01b^^`, `${GET}X: \x7f^^`, 'GET http://a.test/\0 HTTP/1.1^^', `${GET}X\0: y^^`],
  ],
  ['9110 5.5', 'tabs and bytes beyond ASCII are values', 0, [`${GET}X:\t\xff\ty\t^^`, `${GET}X:^^`]],
  [
    '9110 5.4',
    'a head beyond the bound',
    431,
    [`${GET}X: ${'a'.repeat(HEAD_SIZE_MAX)}`, `${GET}${'X: y^'.repeat(4000)}`, `${GET}${'X: y^'.repeat(200)}^`],
  ],
  [
    '9112 6.1',
    'both Content-Length and Transfer-Encoding',
    400,
    [
      `${POST}Content-Length: 3^Transfer-Encoding: chunked^^`,
      `${POST}Transfer-Encoding: chunked^Content-Length: 0^^`,
      'CONNECT a.test:1 HTTP/1.1^Host:^Transfer-Encoding: chunked^Content-Length: 0^^',
    ],
  ],
  ['9112 6.1', 'Transfer-Encoding in HTTP/1.0', 400, ['POST http://a.test/ HTTP/1.0^Transfer-Encoding: chunked^^']],
  [
    '9112 6.1',
    'a coding that is not known, before chunked',
    501,
    [`${POST}Transfer-Encoding: gzip, chunked^^`, `${POST}Transfer-Encoding: gzip^Transfer-Encoding: chunked^^`],
  ],
  [
    '9112 6.3',
    'chunked is not the last coding',
    400,
    [
      ...[
        'gzip',
        'chunked, gzip',
        'chunked, chunked',
        'identity',
        'xchunked',
        'chunked;q=1',
        '"chunked"',
        '',
        ',',
        'chu nked',
        'chunked\x0b',
      ].map((coding) => `${POST}Transfer-Encoding: ${coding}^^`),
      `${POST}Transfer-Encoding: chunked^Transfer-Encoding: chunked^^`,
      `${POST}Transfer-Encoding: chunked^Transfer-Encoding:^^`,
    ],
  ],
  [
    '9112 6.3',
    'a Content-Length that is no number, or is several',
    400,
    [
      ...['x', '', '-1', '+1', '1.0', '0x1', '1 1', '1,', ',1', '3, 4', '1e3', '9'.repeat(30)].map(
        (length) => `${POST}Content-Length: ${length}^^`,
      ),
      `${POST}Content-Length: 3^Content-Length: 4^^`,
    ],
  ],
  [
    '9112 6.3',
    'equal lengths are one',
    0,
    [`${POST}Content-Length: 3^Content-Length: 3^^`, `${POST}Content-Length: 3, 3^^`],
  ],
  ['9112 7.1', 'a chunked body that breaks its rules with the head', 400, [`${POST}Transfer-Encoding: chunked^^x^`]],
  [
    '9110 9.3.6',
    'CONNECT has no body, and needs a port',
    0,
    ['CONNECT a.test:443 HTTP/1.1^Host: a.test^Content-Length: 3^^abc'],
  ],
  [
    '9110 9.3.6',
    'CONNECT with a port that is none',
    400,
    ['CONNECT a.test HTTP/1.1^Host: a.test^^', 'CONNECT a.test:0 HTTP/1.1^Host: a.test^^'],
  ],
  [
    '9110 7.6.2',
    'Max-Forwards 0 is not sent on',
    501,
    [
      'OPTIONS http://a.test/ HTTP/1.1^Host:^Max-Forwards: 0^^',
      'TRACE http://a.test/ HTTP/1.1^Host:^Max-Forwards: 00^^',
    ],
  ],
  [
    '9110 7.6.2',
    'Max-Forwards is a number',
    400,
    [
      'TRACE http://a.test/ HTTP/1.1^Host:^Max-Forwards: x^^',
      'TRACE http://a.test/ HTTP/1.1^Host:^Max-Forwards: 1^Max-Forwards: 1^^',
    ],
  ],
];

describe('requests', () => {
  for (const [section, what, status, requests] of TABLE) {
    test(`RFC ${section}: ${what}`, () => {
      for (const request of requests) {
        // A chunked body is judged with the bytes that come with the head, so that it is not split here.
        const bytes = lines(request);
        const got = section === '9112 7.1' ? (outcomeOf(HTTP, [bytes]) as { status?: number }).status : statusOf(bytes);
        assert.equal(got, status, JSON.stringify(request));
      }
    });
  }
});

test('a head of just the bound is taken, and one byte more is not', () => {
  const headOf = (size: number): Uint8Array => {
    const [begin, end] = [Buffer.from(lines(`${GET}X: `)), '\r\n\r\n'];
    return Buffer.concat([begin, latin1('a'.repeat(size - begin.length - end.length)), latin1(end)]);
  };
  assert.equal(statusOf(headOf(HEAD_SIZE_MAX)), 0);
  assert.equal(statusOf(headOf(HEAD_SIZE_MAX + 1)), 431);
  assert.equal(statusOf(headOf(HEAD_SIZE_MAX - 1)), 0);
  // It is refused with the first byte that shows it, and not before.
  assert.equal(statusOf(headOf(HEAD_SIZE_MAX + 1).subarray(0, HEAD_SIZE_MAX - 1)), -1);
  assert.equal(statusOf(headOf(HEAD_SIZE_MAX + 1).subarray(0, HEAD_SIZE_MAX)), 431);
});

test('each byte is looked at once, also where they come one by one', () => {
  const head = lines(`${GET}${'X: yyyyyyyyyyyyyyyyyyyyyyyyyy^'.repeat(150)}^`);
  let looks = 0;
  const counted = new Proxy(head, {
    get(target, key) {
      looks += typeof key === 'string' && /^\d+$/.test(key) ? 1 : 0;
      return Reflect.get(target, key) as unknown;
    },
  });
  const scan = new HeadScan();
  const told: string[] = [];
  for (let end = 1; end <= head.length; end += 1) told.push(scan.scan(counted, 0, end));
  assert.deepEqual([...new Set(told)], ['incomplete', 'line', 'whole']);
  assert.equal(looks, head.length);
});

describe('answers', () => {
  const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

  test('RFC 9110 9.3.6: success of CONNECT has no length and no body', () => {
    assert.equal(textOf(CONNECT_REPLIES.success(new Uint8Array(4), 0)), 'HTTP/1.1 200 Connection established\r\n\r\n');
    assert.equal(CONNECT_REPLIES.successCode, 200);
  });

  test('only the destination answers a request that was sent on', () => {
    for (const replies of [FORWARD_REPLIES, HEAD_REPLIES])
      assert.equal(replies.success(new Uint8Array(4), 0).length, 0);
  });

  test('RFC 9110 9.3.2: HEAD has no body, and the same head', () => {
    const failure = failureOf('refused', 'ECONNREFUSED');
    const [head, get] = [HEAD_REPLIES, FORWARD_REPLIES].map((replies) => textOf(replies.failure(failure)));
    assert.ok(head.endsWith('\r\n\r\n'));
    assert.equal(get.slice(0, head.length), head);
    assert.ok(get.length > head.length);
  });

  test('each failure has a status, the same for the record, and its length', () => {
    const statuses: Readonly<Record<FailureCode, number>> = {
      cancelled: 502,
      internal: 500,
      'kept-away': 403,
      'line-paused': 503,
      'client-limit': 429,
      'user-limit': 429,
      'line-address-type': 502,
      'line-no-udp': 502,
      'out-of-resources': 503,
      'too-many-lookups': 503,
      'source-unavailable': 502,
      'source-in-use': 502,
      'interface-unavailable': 502,
      'link-down': 502,
      'source-not-permitted': 502,
      'proxy-authentication': 502,
      'proxy-protocol': 502,
      'proxy-certificate': 502,
      'proxy-unreachable': 502,
      'proxy-address-type': 502,
      unexplained: 502,
      'dns-failed': 502,
      'timed-out': 504,
      'network-unreachable': 502,
      'host-unreachable': 502,
      'no-such-name': 502,
      forbidden: 403,
      'proxy-forbids': 403,
      loop: 502,
      unspecified: 403,
      'not-allowed': 403,
      'own-listener': 403,
      'egress-denied': 403,
      blocked: 403,
      reset: 502,
      refused: 502,
    };
    for (const code of Object.keys(FAILURES) as FailureCode[]) {
      const text = textOf(FORWARD_REPLIES.failure(failureOf(code)));
      assert.equal(FORWARD_REPLIES.failureCode(code), statuses[code], code);
      assert.ok(text.startsWith(`HTTP/1.1 ${statuses[code]} `), code);
      const [head, body] = text.split('\r\n\r\n');
      assert.match(head, /\r\nContent-Type: text\/plain; charset=utf-8\r\n/);
      assert.match(head, new RegExp(`\\r\\nContent-Length: ${Buffer.byteLength(body)}\\r\\n`));
      assert.match(head, /\r\nConnection: close$/);
      assert.equal(body, `tcproute: ${FAILURES[code].sentence}\n`);
    }
  });

  test('RFC 6585 section 4: who is over a limit is told when to try again, and why', () => {
    for (const code of ['client-limit', 'user-limit'] as const) {
      const text = textOf(CONNECT_REPLIES.failure(failureOf(code, 'it has enough')));
      assert.match(text, /^HTTP\/1\.1 429 Too Many Requests\r\n/);
      assert.match(text, /\r\nProxy-Status: tcproute; error=http_request_denied; details="[^"]*\(it has enough\)"\r\n/);
      assert.match(text, /\r\nRetry-After: 5\r\n/);
    }
    assert.doesNotMatch(textOf(CONNECT_REPLIES.failure(failureOf('refused'))), /Retry-After/);
  });

  test('RFC 9209: Proxy-Status says the cause and the line, as ASCII in quotes', () => {
    const failure = failureOf('refused', 'he said "no"\\\r\nX: y \u20ac');
    const text = textOf(CONNECT_REPLIES.failure(failure, 'Zürich "2"'));
    const [, status] = /\r\n(Proxy-Status: [^\r\n]*)\r\n/.exec(text) ?? [];
    assert.equal(
      status,
      'Proxy-Status: tcproute; error=connection_refused; next-hop="Z?rich \\"2\\""; details="the connection was refused (he said \\"no\\"\\\\\\\\x0d\\\\x0aX: y ?)"',
    );
    assert.ok(text.endsWith('on the line "Zürich "2""\n'));
  });
});
