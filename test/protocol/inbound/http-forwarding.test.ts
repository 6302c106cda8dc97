// What RFC 9110 and RFC 9112 demand of a proxy that sends a request on: a test for each MUST, named by its section. What becomes of
// requests that are refused is in http-conformance.test.ts.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HTTP, HTTP_OF_USERS } from '../../../src/protocol/inbound/http.js';
import { latin1, outcomeOf, splits } from './http-conversation.js';

const lines = (text: string): string => text.replaceAll('^', '\r\n');

/** The request as the destination gets it, alike at every split. `^` is a line end. */
function sentOn(request: string): string {
  const bytes = latin1(lines(request));
  const whole = outcomeOf(HTTP, [bytes]);
  for (const parts of splits(bytes)) assert.deepEqual(outcomeOf(HTTP, parts), whole, request);
  assert.ok(whole.kind === 'requested', request);
  return whole.text.replaceAll('\r\n', '^');
}

const requestOf = (...fields: readonly string[]): string =>
  ['GET http://a.test/ HTTP/1.1', 'Host: a.test', ...fields, '', ''].join('^');

/** Section, what it says, a request, and all that the destination gets. */
const ROWS: readonly [string, string, string, string][] = [
  [
    '9112 3.2.2',
    'Host is generated from the URL, whatever was received in it',
    'GET http://a.test:81/x HTTP/1.1^Host: evil.test:9^^',
    'GET /x HTTP/1.1^Host: a.test:81^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9112 3.2.4',
    'OPTIONS of a URL without a path and a query goes on with *',
    'OPTIONS http://a.test HTTP/1.1^Host: a.test^^',
    'OPTIONS * HTTP/1.1^Host: a.test^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9110 7.7',
    'path and query stay as they are, but for an empty path',
    'GET http://a.test/%7e/../b//c;d=%2F?e=/?f HTTP/1.1^Host: a.test^^',
    'GET /%7e/../b//c;d=%2F?e=/?f HTTP/1.1^Host: a.test^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9110 6.2',
    'the version is one that is spoken here: a later minor version becomes 1.1',
    'GET http://a.test/ HTTP/1.9^Host: a.test^^',
    'GET / HTTP/1.1^Host: a.test^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9110 6.2',
    'HTTP/1.0 stays so on purpose, since the response is not rewritten for its client',
    'GET http://a.test/ HTTP/1.0^^',
    'GET / HTTP/1.0^Host: a.test^Via: 1.0 tcproute^Connection: close^^',
  ],
  [
    '9110 5.1',
    'fields that are not known are forwarded',
    requestOf('Priority: u=1', 'X-Nobody-Knows: it', 'Sec-!#$: x'),
    'GET / HTTP/1.1^Host: a.test^Priority: u=1^X-Nobody-Knows: it^Sec-!#$: x^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9110 5.3',
    'fields of one name keep their order',
    requestOf('X: 1', 'Y: 2', 'x: 3', 'X: 4'),
    'GET / HTTP/1.1^Host: a.test^X: 1^Y: 2^x: 3^X: 4^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9110 7.6.1',
    'fields that Connection names are removed, and Connection is replaced',
    requestOf('Connection: X-One', 'X-One: 1', 'connection:x-two,close', 'X-TWO: 2', 'X-Three: 3'),
    'GET / HTTP/1.1^Host: a.test^X-Three: 3^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9110 5.6.1.2',
    'empty members of a list are passed over',
    requestOf('Connection: ,X-One,, ,', 'X-One: 1'),
    'GET / HTTP/1.1^Host: a.test^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9110 7.6.1',
    'fields for one connection are removed also where Connection does not name them',
    requestOf('Proxy-Connection: keep-alive', 'Keep-Alive: timeout=5', 'TE: gzip', 'Upgrade: websocket'),
    'GET / HTTP/1.1^Host: a.test^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9110 7.6.2',
    'Max-Forwards of OPTIONS and TRACE goes on with one less',
    'TRACE http://a.test/ HTTP/1.1^Host: a.test^Max-Forwards: 10^^',
    'TRACE / HTTP/1.1^Host: a.test^Max-Forwards: 9^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9110 9.3.7',
    'Max-Forwards is not generated',
    'OPTIONS http://a.test/ HTTP/1.1^Host: a.test^^',
    'OPTIONS / HTTP/1.1^Host: a.test^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9110 7.6.3',
    'Via is sent, behind the entries of the proxies before, with the version that was received',
    'GET http://a.test/ HTTP/1.0^Via: 1.1 one, 2 two^Via: 1.0 three^^',
    'GET / HTTP/1.0^Host: a.test^Via: 1.1 one, 2 two^Via: 1.0 three^Via: 1.0 tcproute^Connection: close^^',
  ],
  [
    '9110 10.1.1',
    'the expectation of 100 is forwarded',
    'PUT http://a.test/ HTTP/1.1^Host: a.test^Expect: 100-continue^Content-Length: 1^^',
    'PUT / HTTP/1.1^Host: a.test^Expect: 100-continue^Content-Length: 1^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9110 10.1.4',
    'who sends TE names it in Connection',
    requestOf('TE: trailers;q=1, Trailers', 'Connection: TE'),
    'GET / HTTP/1.1^Host: a.test^TE: trailers^Via: 1.1 tcproute^Connection: close, TE^^',
  ],
  [
    '9110 11.6.2',
    'Authorization stays as it is',
    requestOf('Authorization: Digest a="b,  c" , d'),
    'GET / HTTP/1.1^Host: a.test^Authorization: Digest a="b,  c" , d^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9110 11.7.2',
    'Proxy-Authorization ends here',
    requestOf('Proxy-Authorization: Basic eDp5', 'PROXY-AUTHORIZATION: x', 'Proxy-Authenticate: y'),
    'GET / HTTP/1.1^Host: a.test^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9112 6.1',
    'a chunked body stays chunked, and its field is sent once',
    'POST http://a.test/ HTTP/1.1^Host: a.test^Transfer-Encoding: , Chunked^^1;x^a^0^^',
    'POST / HTTP/1.1^Host: a.test^Transfer-Encoding: chunked^Via: 1.1 tcproute^Connection: close^^1;x^a^0^^',
  ],
  [
    '9110 8.6',
    'lengths that are equal go on as one',
    'POST http://a.test/ HTTP/1.1^Host: a.test^Content-Length: 1, 01^Content-Length: 1^^a',
    'POST / HTTP/1.1^Host: a.test^Content-Length: 1^Via: 1.1 tcproute^Connection: close^^a',
  ],
  [
    '9112 6.3',
    'a request without Content-Length and Transfer-Encoding has no body',
    'POST http://a.test/ HTTP/1.1^Host: a.test^^body',
    'POST / HTTP/1.1^Host: a.test^Via: 1.1 tcproute^Connection: close^^',
  ],
  [
    '9112 9.6',
    'the destination is told that no further request comes, and none does',
    `${requestOf()}${requestOf()}`,
    'GET / HTTP/1.1^Host: a.test^Via: 1.1 tcproute^Connection: close^^',
  ],
];

describe('sent on', () => {
  for (const [section, what, request, got] of ROWS) {
    test(`RFC ${section}: ${what}`, () => assert.equal(sentOn(request), got));
  }

  test('RFC 9112 3: a request line of 8000 octets is taken', () => {
    const path = `/${'a'.repeat(8000 - 'GET http://a.test/ HTTP/1.1'.length)}`;
    const outcome = outcomeOf(HTTP, [latin1(lines(`GET http://a.test${path} HTTP/1.1^Host: a.test^^`))]);
    assert.ok(outcome.kind === 'requested' && outcome.text.startsWith(`GET ${path} HTTP/1.1\r\n`));
  });

  test('RFC 9110 5.3: more than one Cookie or comma-separated field is not joined', () => {
    assert.match(sentOn(requestOf('Cookie: a=b', 'Cookie: c=d')), /\^Cookie: a=b\^Cookie: c=d\^/);
  });

  test('RFC 9110 9.3.6: what follows CONNECT is for the destination, whatever its fields say of a body', () => {
    for (const field of ['X: y', 'Content-Length: 3', 'Content-Length: 0', 'Transfer-Encoding: chunked']) {
      const request = `CONNECT a.test:443 HTTP/1.1^Host: a.test:443^${field}^^GET / HTTP/1.1^^`;
      assert.equal(sentOn(request), 'GET / HTTP/1.1^^', field);
    }
  });
});

test('RFC 9110 11.7.1, 15.5.8: 407 has Proxy-Authenticate, with a realm', () => {
  for (const request of [
    'GET http://a.test/ HTTP/1.1',
    'HEAD http://a.test/ HTTP/1.1',
    'CONNECT a.test:443 HTTP/1.1',
  ]) {
    const outcome = outcomeOf(HTTP_OF_USERS, [latin1(lines(`${request}^Host: a.test^^`))]);
    assert.ok(outcome.kind === 'refused' && outcome.status === 407, request);
    assert.match(outcome.text, /\r\nProxy-Authenticate: Basic realm="[^"]+"/);
  }
});

test('RFC 9112 4: an answer begins with its version, a status of three digits and a reason', () => {
  const outcome = outcomeOf(HTTP, [latin1(lines('GET / HTTP/1.1^Host: a.test^^'))]);
  assert.ok(outcome.kind === 'refused');
  assert.match(outcome.text, /^HTTP\/1\.1 400 [A-Z][A-Za-z ]+\r\n/);
});
