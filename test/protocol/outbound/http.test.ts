// HTTP CONNECT with one proxy: what is asked, and what the answers mean.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hop } from '../../../src/protocol/lines/line.js';
import { http } from '../../../src/protocol/outbound/http.js';
import type { HopStep } from '../../../src/protocol/outbound/outbound.js';

const PLAIN: Hop = { kind: 'http', host: '192.0.2.1', port: 8080, username: undefined, password: undefined };
const TARGET = { host: 'example.org', port: 443 };

const read = (text: string): HopStep => http.read(0, Buffer.from(text, 'latin1'), PLAIN, TARGET);

function asked(hop: Hop, host: string, port: number, depth = 0): string {
  const opening = http.begin(hop, { host, port }, depth);
  assert.ok(opening.kind === 'send');
  return Buffer.from(opening.bytes).toString('latin1');
}

test('it asks for a name, an address, or an IPv6 address in brackets', () => {
  const request = (authority: string): string => `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
  assert.equal(asked(PLAIN, 'example.org', 443), request('example.org:443'));
  assert.equal(asked(PLAIN, 'example.org.', 80), request('example.org.:80'));
  assert.equal(asked(PLAIN, '192.0.2.9', 1), request('192.0.2.9:1'));
  assert.equal(asked(PLAIN, '2001:db8::1', 65535), request('[2001:db8::1]:65535'));
});

test('credentials are Basic, in UTF-8, and never break a line', () => {
  const long = asked({ ...PLAIN, username: 'üser', password: `p:${'x'.repeat(200)}` }, 'a', 1);
  const basic = Buffer.from(`üser:p:${'x'.repeat(200)}`).toString('base64');
  assert.equal(long, `CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`);
});

test('any 2xx is a connection, and what is behind the head is the destination’s', () => {
  for (const head of [
    'HTTP/1.1 200 Connection established\r\n\r\n',
    'HTTP/1.0 200\r\nProxy-agent: x\r\n\r\n',
    'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
  ]) {
    for (let size = 0; size < head.length; size += 1) assert.equal(read(head.slice(0, size)).kind, 'incomplete');
    for (const behind of ['', 'hello', '\r\n']) {
      const step = read(head + behind);
      assert.deepEqual(step, { kind: 'connected', bound: { ip: new Uint8Array(4), port: 0 }, size: head.length });
    }
  }
});

test('interim answers are passed over, whatever they are split by', () => {
  const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n';
  const all = `${interim}HTTP/1.1 200 OK\r\n\r\n`;
  for (let size = 0; size < all.length; size += 1) assert.equal(read(all.slice(0, size)).kind, 'incomplete');
  const step = read(`${all}220 hello`);
  assert.ok(step.kind === 'connected' && step.size === all.length);
});

const CASES: readonly [string, string, 'hop' | 'target', string][] = [
  ['407 Proxy Authentication Required\r\nProxy-Authenticate: Basic', 'proxy-authentication', 'hop', 'HTTP 407'],
  ['401 Unauthorized', 'proxy-authentication', 'hop', 'HTTP 401'],
  ['400 Bad Request', 'proxy-protocol', 'hop', 'HTTP 400'],
  ['405 Not Allowed', 'proxy-protocol', 'hop', 'HTTP 405'],
  ['501 Not Implemented', 'proxy-protocol', 'hop', 'HTTP 501'],
  ['302 Found\r\nLocation: http://portal.example/', 'proxy-protocol', 'hop', 'HTTP 302'],
  ['101 Switching Protocols', 'proxy-protocol', 'hop', 'HTTP 101'],
  ['403 Forbidden', 'proxy-forbids', 'target', 'HTTP 403'],
  ['451 Unavailable', 'proxy-forbids', 'target', 'HTTP 451'],
  ['404 Not Found', 'unexplained', 'target', 'HTTP 404'],
  ['429 Too Many Requests', 'unexplained', 'target', 'HTTP 429'],
  ['500 Unable to connect', 'unexplained', 'target', 'HTTP 500'],
  ['502 Bad Gateway', 'unexplained', 'target', 'HTTP 502'],
  ['503 Service Unavailable', 'unexplained', 'target', 'HTTP 503'],
  ['504 Gateway Timeout', 'timed-out', 'target', 'HTTP 504'],
  ['999 x', 'unexplained', 'target', 'HTTP 999'],
  [`502 x\r\nProxy-Status: p; error=connection_refused`, 'refused', 'target', 'HTTP 502 connection_refused'],
  ['502 x\r\nProxy-Status: p;error=dns_error; rcode="NXDOMAIN"', 'host-unreachable', 'target', 'HTTP 502 dns_error'],
  [
    '503 x\r\nProxy-Status: p; error=destination_unavailable',
    ...(['host-unreachable', 'target', 'HTTP 503 destination_unavailable'] as const),
  ],
  ['504 x\r\nProxy-Status: p; error=connection_timeout', 'timed-out', 'target', 'HTTP 504 connection_timeout'],
  [
    '502 x\r\nProxy-Status: p; error=destination_ip_unroutable',
    ...(['network-unreachable', 'target', 'HTTP 502 destination_ip_unroutable'] as const),
  ],
  [
    '502 x\r\nProxy-Status: p; error=destination_ip_prohibited',
    ...(['proxy-forbids', 'target', 'HTTP 502 destination_ip_prohibited'] as const),
  ],
  ['502 x\r\nProxy-Status: p; error=proxy_loop_detected', 'loop', 'target', 'HTTP 502 proxy_loop_detected'],
  ['502 x\r\nProxy-Status: p; error=something_new', 'unexplained', 'target', 'HTTP 502 something_new'],
  ['502 x\r\nProxy-Status: p; details="a\\"; error=dns_error"', 'unexplained', 'target', 'HTTP 502'],
  // The status tells of the hop, whatever the field says.
  ['407 x\r\nProxy-Status: p; error=connection_refused', 'proxy-authentication', 'hop', 'HTTP 407'],
];

for (const [answer, code, of, detail] of CASES) {
  test(`${JSON.stringify(answer)} is ${code}`, () => {
    const step = read(`HTTP/1.1 ${answer}\r\n\r\n<html>`);
    assert.ok(step.kind === 'failed');
    assert.deepEqual([step.failure.code, step.of, step.failure.detail], [code, of, detail]);
  });
}

test('the heads together have 16 KiB at most', () => {
  const head = (size: number): string => `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(size - 24)}\r\n\r\n`;
  assert.equal(read(head(16_384)).kind, 'connected');
  const long = read(head(16_385));
  assert.ok(long.kind === 'failed' && long.of === 'hop' && long.failure.code === 'proxy-protocol');
  const endless = `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(16_384)}`;
  assert.equal(read(endless.slice(0, 16_384)).kind, 'incomplete');
  assert.equal(read(endless).kind, 'failed');
  const interim = 'HTTP/1.1 100 Continue\r\n\r\n';
  assert.equal(read(interim.repeat(1000)).kind, 'failed');
});

test('the depth of a request is told in Via, and only then', () => {
  assert.doesNotMatch(asked(PLAIN, 'a.test', 80), /via/i);
  assert.match(asked(PLAIN, 'a.test', 80, 2), /\r\nVia: 1\.1 tcproute, 1\.1 tcproute\r\n\r\n$/);
});
