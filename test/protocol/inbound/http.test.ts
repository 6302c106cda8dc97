// HTTP as a way in: CONNECT and whole URLs, at every split, what the destination gets, and against a slow reading of the RFC.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HTTP, HTTP_OF_USERS } from '../../../src/protocol/inbound/http.js';
import type { Inbound } from '../../../src/protocol/inbound/inbound.js';
import { converse, latin1, type Outcome, outcomeOf, splits } from './http-conversation.js';
import { slowReading } from './http-slow-reading.js';

const said = (text: string, inbound: Inbound = HTTP): Outcome => outcomeOf(inbound, [latin1(text)]);

/** The same outcome however the bytes come. */
function alike(text: string, inbound: Inbound = HTTP): Outcome {
  const whole = said(text, inbound);
  for (const parts of splits(latin1(text))) {
    assert.deepEqual(
      outcomeOf(inbound, parts),
      whole,
      JSON.stringify(parts.map((part) => Buffer.from(part).toString())),
    );
  }
  return whole;
}

const CONNECTS: readonly [string, string, number][] = [
  ['a.test:443', 'a.test', 443],
  ['A.Test.:1', 'a.test.', 1],
  ['192.0.2.1:65535', '192.0.2.1', 65_535],
  ['[2001:DB8::1]:8443', '2001:db8::1', 8443],
  ['[::ffff:192.0.2.1]:80', '192.0.2.1', 80],
  ['under_score.test:00080', 'under_score.test', 80],
];

for (const [authority, host, port] of CONNECTS) {
  test(`CONNECT ${authority} is read at every split, and what follows is for the destination`, () => {
    const head = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: x\r\n\r\n`;
    for (let length = 0; length < head.length; length += 1) {
      assert.deepEqual(said(head.slice(0, length)), { kind: 'incomplete' }, `${length} bytes`);
    }
    assert.deepEqual(alike(head), { kind: 'requested', host, port, text: '' });
    assert.deepEqual(alike(`${head}\x16\x03\x01\r\n\0`), { kind: 'requested', host, port, text: '\x16\x03\x01\r\n\0' });
  });
}

test('what CONNECT does not take is refused', () => {
  for (const target of [
    ...[
      'a.test',
      'a.test:',
      'a.test:0',
      'a.test:65536',
      'a.test:443443',
      'a.test:4x',
      ':443',
      '::1:443',
      '[::1]',
      '[::1',
    ],
    ...[
      'user@a.test:443',
      'http://a.test:443',
      '/a.test:443',
      '*',
      'a..test:443',
      '1.2.3:443',
      '0x7f.1:80',
      'a%2etest:443',
    ],
    ...['[1.2.3.4]:443', '[fe80::1%eth0]:443', 'a.test:443/', 'a.test:-1', 'a.test:+1', 'a\\b:1'],
  ]) {
    const outcome = said(`CONNECT ${target} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
    assert.deepEqual([outcome.kind, 'status' in outcome && outcome.status], ['refused', 400], target);
  }
});

test('early bytes are a copy', () => {
  const bytes = latin1('CONNECT a.test:443 HTTP/1.0\r\n\r\nbytes');
  const step = HTTP.feed(bytes, 0, bytes.length);
  bytes.fill(0);
  assert.ok(step.kind === 'requested');
  assert.deepEqual([Buffer.from(step.early ?? []).toString(), step.body], ['bytes', undefined]);
});

test('how many gateways a request has passed is told by its Via fields', () => {
  const depthOf = (fields: string): number | undefined => {
    const bytes = latin1(`CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n${fields}\r\n`);
    const step = HTTP.feed(bytes, 0, bytes.length);
    assert.ok(step.kind === 'requested');
    return step.depth;
  };
  assert.equal(depthOf(''), undefined);
  assert.equal(depthOf('Via: 1.1 squid\r\n'), 0);
  assert.equal(depthOf('Via: 1.1 tcproute, 1.1 squid\r\nVia: 1.1 tcproute\r\n'), 2);
});

test('a message that does not begin at the first byte is read where it begins', () => {
  const bytes = latin1('##GET http://a.test/x HTTP/1.0\r\nA: b\r\n\r\n');
  for (let split = 3; split < bytes.length; split += 1) {
    const step = HTTP.feed(bytes, 2, split);
    assert.ok(step.kind === 'proceed' && step.size === 0 && step.answer === undefined);
    assert.equal(step.next.feed(bytes, 2, split).kind, 'incomplete');
    const end = step.next.feed(bytes, 2, bytes.length);
    assert.ok(end.kind === 'requested' && end.target.host === 'a.test');
  }
});

/** What the client sends, and what the destination at a.test gets. `^` stands for a line end. */
const FORWARDED: readonly [string, string, string][] = [
  [
    'the URL loses its host, which becomes the Host field',
    'GET http://a.test/x?y=1 HTTP/1.1^Host: other.test^Accept: */*^^',
    'GET /x?y=1 HTTP/1.1^Host: a.test^Accept: */*^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    'a URL without a path asks for /',
    'GET HTTP://a.test HTTP/1.1^Host:^^',
    'GET / HTTP/1.1^Host: a.test^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    'a query may follow the host',
    'GET http://a.test:80?q HTTP/1.1^Host: a.test^^',
    'GET /?q HTTP/1.1^Host: a.test:80^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    'a request of HTTP/1.0 stays one, and needs no Host',
    'GET http://a.test/ HTTP/1.0^^',
    'GET / HTTP/1.0^Host: a.test^Via: 1.0 tcproute^Connection: close^^',
  ],
  [
    'fields for proxies and for one connection are left out, credentials among them',
    'GET http://a.test/ HTTP/1.1^host: a.test^Proxy-Authorization: Basic eDp5^Proxy-Connection: keep-alive^Keep-Alive: 5^Upgrade: h2c^Trailer: X^Connection: keep-alive, X-Mine^X-Mine: 1^X-Other: 2^TE: gzip^^',
    'GET / HTTP/1.1^Host: a.test^X-Other: 2^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    'TE stays where the client takes trailers',
    'GET http://a.test/ HTTP/1.1^Host: a.test^TE: gzip, Trailers^Connection: TE^^',
    'GET / HTTP/1.1^Host: a.test^TE: trailers^Via: 1.1 tcproute^Connection: close, TE^^',
  ],
  [
    'Connection cannot take away what the request stands on',
    'POST http://a.test/ HTTP/1.1^Host: a.test^Connection: Host, Content-Length^Content-Length: 2^^hi',
    'POST / HTTP/1.1^Host: a.test^Content-Length: 2^Via: 1.1 tcproute^Connection: close^^hi',
  ],
  [
    'several equal lengths are sent on as one',
    'POST http://a.test/ HTTP/1.1^Host: a.test^Content-Length: 2^Content-Length: 02, 2^^hi',
    'POST / HTTP/1.1^Host: a.test^Content-Length: 2^Via: 1.1 tcproute^Connection: close^^hi',
  ],
  [
    'a chunked body goes as it is, and what is behind it goes nowhere',
    'POST http://a.test/ HTTP/1.1^Host: a.test^Transfer-Encoding: Chunked^^2;x="y"^hi^0^X-Sum: 1^^GET http://b.test/ HTTP/1.1^^',
    'POST / HTTP/1.1^Host: a.test^Transfer-Encoding: chunked^Via: 1.1 tcproute^Connection: close^^2;x="y"^hi^0^X-Sum: 1^^',
  ],
  [
    'a second request behind the first goes nowhere',
    'GET http://a.test/ HTTP/1.1^Host: a.test^^GET http://b.test/ HTTP/1.1^Host: b.test^^',
    'GET / HTTP/1.1^Host: a.test^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    'Expect is for the destination',
    'PUT http://a.test/ HTTP/1.1^Host: a.test^Expect: 100-continue^Content-Length: 5^^',
    'PUT / HTTP/1.1^Host: a.test^Expect: 100-continue^Content-Length: 5^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    'Via is added behind those before',
    'GET http://a.test/ HTTP/1.1^Host: a.test^Via: 1.0 before^^',
    'GET / HTTP/1.1^Host: a.test^Via: 1.0 before^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    'OPTIONS of a host alone asks for *',
    'OPTIONS http://a.test HTTP/1.1^Host: a.test^Max-Forwards: 7^^',
    'OPTIONS * HTTP/1.1^Host: a.test^Max-Forwards: 6^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    'OPTIONS of a path asks for the path, and Max-Forwards of other methods stays',
    'OPTIONS http://a.test/ HTTP/1.1^Host: a.test^^',
    'OPTIONS / HTTP/1.1^Host: a.test^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    'bytes beyond ASCII, methods and the case of names stay as they are',
    'M-SEARCH http://a.test/a|{}`" HTTP/1.1^HOST: a.test^X-A: caf\u00e9 \u00a0^Max-Forwards: 0^^',
    'M-SEARCH /a|{}`" HTTP/1.1^Host: a.test^X-A: caf\u00e9 \u00a0^Max-Forwards: 0^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    'one empty line before the request is passed over',
    '^GET http://a.test/ HTTP/1.1^Host: a.test^^',
    'GET / HTTP/1.1^Host: a.test^Via: 1.1 tcproute^Connection: close^^',
  ],
];

const lines = (text: string): string => text.replaceAll('^', '\r\n');

for (const [behaviour, sent, got] of FORWARDED) {
  test(`forwarded: ${behaviour}`, () => {
    assert.deepEqual(alike(lines(sent)), { kind: 'requested', host: 'a.test', port: 80, text: lines(got) });
  });
}

test('the port of a URL is the destination’s', () => {
  const outcome = said(lines('GET http://[::1]:8080/ HTTP/1.1^Host: x^^'));
  assert.ok(outcome.kind === 'requested');
  assert.deepEqual([outcome.host, outcome.port], ['::1', 8080]);
  assert.match(outcome.text, /^GET \/ HTTP\/1\.1\r\nHost: \[::1\]:8080\r\n/);
});

test('a body that has not come yet is told apart from what follows it', () => {
  const { step } = converse(HTTP, [latin1(lines('POST http://a.test/ HTTP/1.1^Host: a.test^Content-Length: 4^^ab'))]);
  assert.ok(step.kind === 'requested' && step.body !== undefined);
  const { body } = step;
  assert.deepEqual([body.isOver, body.certain, body.take(latin1('cdGET'), 0, 5), body.isOver], [false, 2, 2, true]);
  assert.equal(body.take(latin1('more'), 0, 4), 0);
});

// Who the client is

const basic = (text: string): string => Buffer.from(text).toString('base64');
const asked = (...fields: string[]): string =>
  lines(['CONNECT a.test:443 HTTP/1.1', 'Host: a.test:443', ...fields, '', ''].join('^'));

test('credentials are a claim, which leads to the request behind it', () => {
  for (const [text, name, password] of [
    ['alice:secret', 'alice', 'secret'],
    ['alice+tag:a:b', 'alice+tag', 'a:b'],
    ['j\u00fcrgen:p\u00e4ss\u20ac', 'j\u00fcrgen', 'p\u00e4ss\u20ac'],
    ['alice:', 'alice', ''],
  ] as const) {
    const bytes = latin1(`${asked(`proxy-authorization: BASIC  ${basic(text)}`)}early`);
    assert.deepEqual(alike(Buffer.from(bytes).toString('latin1'), HTTP_OF_USERS), { kind: 'claimed', name, password });
    const claim = HTTP_OF_USERS.feed(bytes, 0, bytes.length);
    assert.ok(claim.kind === 'claimed' && claim.accepted.size === 0 && claim.accepted.answer === undefined);
    const step = claim.accepted.next.feed(bytes, 0, bytes.length);
    assert.ok(step.kind === 'requested' && Buffer.from(step.early ?? []).toString() === 'early');
    const denied = Buffer.from(claim.denied.answer ?? []).toString();
    assert.match(denied, /^HTTP\/1\.1 407 .*\r\n\r\ntcproute: the user name or the password is wrong/s);
  }
});

test('credentials that are missing or no Basic are asked for at once', () => {
  for (const fields of [
    [],
    ['Authorization: Basic eDp5'],
    ['Proxy-Authorization: Basic'],
    ['Proxy-Authorization: Bearer eDp5'],
    ['Proxy-Authorization: Basic eDp5 eDp5'],
    ['Proxy-Authorization: Basic eDp5='],
    ['Proxy-Authorization: Basic eHk=y'],
    ['Proxy-Authorization: Basic eHk'],
    // Bits that stand for nothing are set.
    ['Proxy-Authorization: Basic eDp5ejp='],
    [`Proxy-Authorization: Basic ${basic('nobody')}`],
    [`Proxy-Authorization: Basic ${basic('a:b\n')}`],
    [`Proxy-Authorization: Basic ${Buffer.from([0x61, 0x3a, 0xff]).toString('base64')}`],
    [`Proxy-Authorization: Basic ${basic('a:b')}`, `Proxy-Authorization: Basic ${basic('a:b')}`],
  ]) {
    const outcome = alike(asked(...fields), HTTP_OF_USERS);
    assert.ok(outcome.kind === 'refused' && outcome.status === 407, fields.join());
    assert.match(outcome.text, /\r\nProxy-Authenticate: Basic realm="tcproute", charset="UTF-8"\r\n/);
    assert.match(outcome.text, /\r\nConnection: close\r\n/);
    const isNamed = fields.some((field) => field.startsWith('Proxy-'));
    const sentence = isNamed ? 'Proxy-Authorization is not one field with "Basic"' : 'the request names no user';
    assert.ok(outcome.text.includes(`\r\n\r\ntcproute: ${sentence}`), outcome.text);
    assert.match(outcome.text, /\n$/);
  }
  for (const field of ['', 'Proxy-Authorization: x^', `Proxy-Authorization: Basic ${basic('a:b')}^`]) {
    const answers = ['HEAD', 'GET'].map((method) => {
      const bytes = latin1(lines(`${method} http://a.test/ HTTP/1.1^Host: a.test^${field}^`));
      const step = HTTP_OF_USERS.feed(bytes, 0, bytes.length);
      const refused = step.kind === 'claimed' ? step.denied : step;
      return refused.kind === 'refused' ? Buffer.from(refused.answer ?? []).toString() : '';
    });
    const [head, whole] = answers as [string, string];
    assert.match(head, /^HTTP\/1\.1 407 .*\r\n\r\n$/s);
    assert.ok(whole.startsWith(head) && whole.length > head.length, 'the head is the same, and has no body');
  }
});

test('where nobody is asked who it is, credentials are left out unread', () => {
  const outcome = said(lines('GET http://a.test/ HTTP/1.1^Host: a.test^Proxy-Authorization: nonsense^^'));
  assert.ok(outcome.kind === 'requested' && !/nonsense/.test(outcome.text));
});

test('a request that is wrong is told so, whoever sends it', () => {
  const outcome = said(lines('GET / HTTP/1.1^Host: a.test^^'), HTTP_OF_USERS);
  assert.ok(outcome.kind === 'refused' && outcome.status === 400);
  assert.match(outcome.text, /this is a proxy/);
});

// Against a slow reading of the RFC

/** Pieces of requests, good and bad, of which anything is made. */
const PIECES = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('\r\n', 'Host: a.test\r\n', 'GET http://a.test/ HTTP/1.1\r\n', '\r\n\r\n') },
  fc.constantFrom(
    ...[
      'CONNECT a.test:443 HTTP/1.1\r\n',
      'POST http://a.test/ HTTP/1.0\r\n',
      'GET ',
      ' HTTP/1.1',
      '\r',
      '\n',
      ' ',
      '\t',
      ':',
    ],
    ...[
      'Content-Length: 3\r\n',
      'Content-Length: 4\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Transfer-Encoding: x, chunked\r\n',
    ],
    ...[
      'X: y\r\n',
      'X : y\r\n',
      ' folded\r\n',
      '\0',
      '\x7f',
      '\xff',
      'abc',
      '3\r\nabc\r\n0\r\n\r\n',
      'Host: b.test\r\n',
      'PRI * HTTP/2.0\r\n',
    ],
    ...[
      'GET /\r\n',
      'GET / HTTP/1.1\r\n',
      'GET https://a.test/ HTTP/1.1\r\n',
      'Content-Length: x\r\n',
      'Transfer-Encoding: gzip\r\n',
    ],
  ),
);

test('anything is read as the RFC says, however it comes', () => {
  fc.assert(
    fc.property(fc.array(PIECES, { maxLength: 12 }), fc.array(fc.nat(200), { maxLength: 4 }), (pieces, cuts) => {
      const text = pieces.join('');
      const bytes = latin1(text);
      const whole = outcomeOf(HTTP, [bytes]);
      const { kind, status } = slowReading(text);
      assert.deepEqual([whole.kind, 'status' in whole ? whole.status : 0], [kind, status], JSON.stringify(text));
      // A body that breaks its rules is refused only if that comes with the head.
      if ('text' in whole && whole.text.includes('the body is not what')) return;
      const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
      const parts = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
      assert.deepEqual(outcomeOf(HTTP, parts), whole, JSON.stringify(text));
    }),
    { numRuns: 5000 },
  );
});

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (noise, plausible) => {
      const bytes = plausible ? Buffer.concat([latin1('GET http://a.test/ HTTP/1.1\r\nHost: '), noise]) : noise;
      outcomeOf(HTTP, [bytes]);
      outcomeOf(HTTP_OF_USERS, [bytes]);
    }),
    { numRuns: 5000 },
  );
});
