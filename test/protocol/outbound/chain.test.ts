// The way through a chain of proxies: joined with scripted ones in memory, at every split point.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Hop } from '../../../src/protocol/lines/line.js';
import { associationChain, Chain, type ChainStep, whyUnaskable } from '../../../src/protocol/outbound/chain.js';
import type { HopKind } from '../../../src/protocol/outbound/outbound.js';
import { socks5 } from '../../../src/protocol/outbound/socks5.js';
import { type FailureCode, failureOf } from '../../../src/protocol/race/failure.js';

const hop = (host: string, port: number, username?: string, password?: string): Hop => ({
  kind: 'socks5',
  host,
  port,
  username,
  password,
});
const A = hop('192.0.2.1', 1080);
const B = hop('proxy.example', 1081, 'user', 'secret');

/** Feeds `replies` in pieces of `size` bytes; returns what was sent and how it ended. */
function converse(chain: Chain, replies: readonly number[], size: number): { sent: number[][]; end: ChainStep } {
  const sent: number[][] = [];
  let end = chain.start();
  if (end.kind === 'send') sent.push([...end.bytes]);
  for (let at = 0; at < replies.length && end.kind !== 'connected' && end.kind !== 'failed'; at += size) {
    end = chain.feed(Uint8Array.from(replies.slice(at, at + size)));
    if (end.kind === 'send') sent.push([...end.bytes]);
  }
  return { sent, end };
}

test('one proxy without authentication is asked for the name itself', () => {
  const replies = [5, 0, 5, 0, 0, 1, 10, 0, 0, 9, 0x30, 0x39];
  for (const size of [1, 2]) {
    const { sent, end } = converse(new Chain([A], 'example.org', 443), replies, size);
    assert.deepEqual(sent, [
      [5, 1, 0],
      [5, 1, 0, 3, 11, ...Buffer.from('example.org'), 1, 0xbb],
    ]);
    assert.ok(end.kind === 'connected');
    assert.deepEqual([...end.bound.ip], [10, 0, 0, 9]);
    assert.equal(end.bound.port, 12345);
    assert.equal(end.rest.length, 0);
  }
});

test('what the destination says with the reply is handed on', () => {
  const chain = new Chain([A], '198.51.100.7', 25);
  assert.deepEqual(chain.start(), { kind: 'send', bytes: Uint8Array.of(5, 1, 0) });
  const request = chain.feed(Uint8Array.of(5, 0));
  assert.ok(request.kind === 'send');
  assert.deepEqual([...request.bytes], [5, 1, 0, 1, 198, 51, 100, 7, 0, 25]);
  const end = chain.feed(Uint8Array.from([5, 0, 0, 3, 2, 104, 105, 0, 1, ...Buffer.from('220 hello')]));
  assert.ok(end.kind === 'connected');
  assert.equal(Buffer.from(end.rest).toString(), '220 hello');
  assert.deepEqual([...end.bound.ip], [0, 0, 0, 0]);
});

test('two proxies, the second with a password, in single bytes', () => {
  const ip6 = [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1];
  const replies = [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, 2, 1, 0, 5, 0, 0, 4, ...ip6, 0, 7];
  const { sent, end } = converse(new Chain([A, B], '2001:db8::2', 80), replies, 1);
  assert.deepEqual(sent, [
    [5, 1, 0],
    [5, 1, 0, 3, 13, ...Buffer.from('proxy.example'), 4, 0x39],
    [5, 2, 0, 2],
    [1, 4, ...Buffer.from('user'), 6, ...Buffer.from('secret')],
    [5, 1, 0, 4, 0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 2, 0, 80],
  ]);
  assert.ok(end.kind === 'connected' && end.bound.port === 7);
  assert.deepEqual([...end.bound.ip], ip6);
});

/** Two proxies agree, and the first is asked for the second. */
const FIRST = [5, 0];
const AT_SECOND = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 5, 2, 1, 0];
const says = (reply: number): number[] => [5, reply, 0, 1, 0];

const FAILURES: readonly [string, readonly Hop[], readonly number[], FailureCode, string | undefined][] = [
  ['another protocol', [A], [4, 0], 'proxy-protocol', undefined],
  ['no method that fits', [A], [5, 255], 'proxy-authentication', undefined],
  ['a password that we do not have', [A], [5, 2], 'proxy-authentication', undefined],
  ['a wrong password', [B], [5, 2, 1, 1], 'proxy-authentication', undefined],
  ['general failure', [A], [...FIRST, ...says(1)], 'unexplained', 'REP 1'],
  ['not allowed', [A], [...FIRST, ...says(2)], 'proxy-forbids', 'REP 2'],
  ['network unreachable', [A], [...FIRST, ...says(3)], 'network-unreachable', 'REP 3'],
  ['host unreachable', [A], [...FIRST, ...says(4)], 'host-unreachable', 'REP 4'],
  ['refused', [A], [...FIRST, ...says(5)], 'refused', 'REP 5'],
  ['TTL expired', [A], [...FIRST, ...says(6)], 'timed-out', 'REP 6'],
  ['command not supported', [A], [...FIRST, ...says(7)], 'proxy-protocol', 'REP 7'],
  ['address type not supported', [A], [...FIRST, ...says(8)], 'proxy-address-type', 'REP 8'],
  ['a reply code that RFC 1928 leaves open', [A], [...FIRST, ...says(99)], 'unexplained', 'REP 99'],
  ["a reply code of Tor's own", [A], [...FIRST, ...says(0xf0)], 'unexplained', 'REP 240'],
  ['that the next proxy failed', [A, B], [...FIRST, ...says(1)], 'proxy-unreachable', 'REP 1'],
  ['that the next proxy is not allowed', [A, B], [...FIRST, ...says(2)], 'proxy-unreachable', 'REP 2'],
  ['that the next proxy refused', [A, B], [...FIRST, ...says(5)], 'proxy-unreachable', 'REP 5'],
  ['refused, as the last of two', [A, B], [...FIRST, ...AT_SECOND, ...says(5)], 'refused', 'REP 5'],
  ['an unknown address type', [A], [5, 0, 5, 0, 0, 7, 0], 'proxy-protocol', undefined],
  ['talk before it is spoken to', [A, B], [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 99], 'proxy-protocol', undefined],
];

for (const [what, hops, replies, code, detail] of FAILURES) {
  test(`a proxy that answers with ${what} fails as ${code}`, () => {
    const { end } = converse(new Chain(hops, 'example.org', 80), replies, 1);
    // Nothing is said ahead of time: only whole messages, in pieces of one byte, bring it to its end.
    const whole = end.kind === 'failed' ? end : ahead(new Chain(hops, 'example.org', 80), replies);
    assert.deepEqual(whole, { kind: 'failed', failure: failureOf(code, detail) });
  });
}

/** The same with the second message in one piece, for what must come too early. */
function ahead(chain: Chain, replies: readonly number[]): ChainStep {
  chain.start();
  chain.feed(Uint8Array.from(replies.slice(0, 2)));
  return chain.feed(Uint8Array.from(replies.slice(2)));
}

test('the last of two proxies is asked to relay datagrams, the first to connect to it', () => {
  const replies = [...FIRST, ...AT_SECOND, 5, 0, 0, 1, 192, 0, 2, 9, 0x30, 0x39];
  const { sent, end } = converse(associationChain([A, B], { host: '::', port: 4242 }), replies, 1);
  assert.deepEqual(sent, [
    [5, 1, 0],
    [5, 1, 0, 3, 13, ...Buffer.from('proxy.example'), 4, 0x39],
    [5, 2, 0, 2],
    [1, 4, ...Buffer.from('user'), 6, ...Buffer.from('secret')],
    [5, 3, 0, 4, ...Array(16).fill(0), 0x10, 0x92],
  ]);
  assert.ok(end.kind === 'connected');
  assert.deepEqual([[...end.bound.ip], end.bound.port], [[192, 0, 2, 9], 12345]);
});

for (const [reply, code] of [
  [7, 'line-no-udp'],
  [1, 'proxy-forbids'],
  [2, 'proxy-forbids'],
  [8, 'proxy-forbids'],
  [99, 'proxy-forbids'],
] as const)
  test(`a proxy that answers UDP ASSOCIATE with ${reply} fails as ${code}`, () => {
    const chain = associationChain([A], { host: '0.0.0.0', port: 0 });
    const { end } = converse(chain, [...FIRST, ...says(reply)], 1);
    assert.deepEqual(end, { kind: 'failed', failure: failureOf(code, `REP ${reply}`) });
  });

test('a proxy that cannot be reached through another one is none that relays no datagrams', () => {
  const { end } = converse(associationChain([A, B], { host: '0.0.0.0', port: 0 }), [...FIRST, ...says(5)], 1);
  assert.deepEqual(end, { kind: 'failed', failure: failureOf('proxy-unreachable', 'REP 5') });
});

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 8 }), (pieces) => {
      const chain = new Chain([A, B], 'example.org', 80);
      chain.start();
      for (const piece of pieces) if (['failed', 'connected'].includes(chain.feed(piece).kind)) break;
    }),
    { numRuns: 2000 },
  );
});

/** Asks at once, as HTTP CONNECT does: `>host` and a line end; `+` and a line end are its yes. */
const TERSE: HopKind = {
  begin: (_hop, { host }) => ({ kind: 'send', bytes: Buffer.from(`>${host}\n`) }),
  hasAsked: () => true,
  read(_phase, received) {
    const size = received.indexOf(10) + 1;
    if (size === 0) return { kind: 'incomplete' };
    if (received[0] === 43) return { kind: 'connected', bound: { ip: new Uint8Array(4), port: 0 }, size };
    return { kind: 'failed', failure: failureOf('refused', 'no'), of: 'target' };
  },
};
const kinds = ({ host }: Hop): HopKind => (host.startsWith('terse') ? TERSE : socks5);
const TERSE_HOP = hop('terse.example', 1);

test('hops of several kinds follow each other, in pieces of any size', () => {
  const replies = [...Buffer.from('+\n'), 5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...Buffer.from('+\n')];
  for (const size of [1, 2]) {
    const chain = new Chain([TERSE_HOP, A, hop('terse.last', 2)], 'example.org', 80, kinds);
    const { sent, end } = converse(chain, replies, size);
    assert.deepEqual(sent, [
      [...Buffer.from('>192.0.2.1\n')],
      [5, 1, 0],
      [5, 1, 0, 3, 10, ...Buffer.from('terse.last'), 0, 2],
      [...Buffer.from('>example.org\n')],
    ]);
    assert.equal(end.kind, 'connected');
  }
});

test('what a hop says of the next hop is a failure of the line, whatever its kind; the last one speaks of the destination', () => {
  const no = Buffer.from('-\n');
  const first = new Chain([TERSE_HOP, A], 'example.org', 80, kinds);
  first.start();
  assert.equal(first.asksDestination, false);
  assert.deepEqual(first.feed(no), { kind: 'failed', failure: failureOf('proxy-unreachable', 'no') });
  const last = new Chain([TERSE_HOP], 'example.org', 80, kinds);
  last.start();
  assert.equal(last.asksDestination, true);
  assert.deepEqual(last.feed(no), { kind: 'failed', failure: failureOf('refused', 'no') });
});

const HTTP: Hop = { ...A, kind: 'http', host: 'http.example', port: 8080 };
const SOCKS4: Hop = { ...A, kind: 'socks4', host: '192.0.2.4', port: 1084 };

test('each kind in front of each other kind, to a destination that speaks at once', () => {
  // All of an even length, so that no hop seems to speak too soon.
  const okay = (hopped: Hop): Buffer =>
    hopped.kind === 'http'
      ? Buffer.from('HTTP/1.1 200 Fine!\r\n\r\n')
      : Buffer.from(hopped.kind === 'socks4' ? [0, 90, 0, 0, 0, 0, 0, 0] : [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  for (const first of [A, HTTP, SOCKS4]) {
    for (const second of [A, HTTP, SOCKS4]) {
      const replies = [...okay(first), ...okay(second)];
      for (const size of [1, 2]) {
        const chain = new Chain([first, second], 'example.org', 443);
        const { sent, end } = converse(chain, replies, size);
        assert.equal(end.kind, 'connected', `${first.kind} ${second.kind}`);
        assert.equal(chain.asksDestination, true);
        // The first is asked for the second, by its name if it has one.
        assert.equal(sent.length, [first, second].filter(({ kind }) => kind === 'socks5').length + 2);
      }
      const chain = new Chain([second], 'example.org', 443);
      chain.start();
      if (second.kind === 'socks5') chain.feed(Uint8Array.of(5, 0));
      const answer = second.kind === 'socks5' ? okay(second).subarray(2) : okay(second);
      const end = chain.feed(Buffer.concat([answer, Buffer.from('220 hello')]));
      assert.ok(end.kind === 'connected');
      assert.equal(Buffer.from(end.rest).toString(), '220 hello');
    }
  }
});

test('a hop that fails itself has not spoken of the destination', () => {
  const cases: readonly [Hop, string | readonly number[], boolean][] = [
    [HTTP, 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', false],
    [HTTP, 'SSH-2.0', false],
    [HTTP, 'HTTP/1.1 502 Bad Gateway\r\n\r\n', true],
    [SOCKS4, [4], false],
    [SOCKS4, [0, 91, 0, 0, 0, 0, 0, 0], true],
  ];
  for (const [one, answer, of] of cases) {
    const chain = new Chain([one], 'example.org', 443);
    chain.start();
    assert.equal(chain.asksDestination, true);
    assert.equal(chain.feed(Buffer.from(answer as string)).kind, 'failed');
    assert.equal(chain.asksDestination, of);
  }
});

test('what a hop cannot name fails before anything is sent', () => {
  const last = new Chain([SOCKS4], '2001:db8::1', 443);
  const why = failureOf('line-address-type', 'SOCKS4 has no IPv6 addresses');
  assert.deepEqual(last.start(), { kind: 'failed', failure: why });
  const first = new Chain([SOCKS4, { ...HTTP, host: '2001:db8::2' }], 'example.org', 443);
  const unreachable = failureOf('proxy-unreachable', 'SOCKS4 has no IPv6 addresses');
  assert.deepEqual(first.start(), { kind: 'failed', failure: unreachable });
  const second = new Chain([HTTP, SOCKS4], '2001:db8::1', 443);
  second.start();
  assert.deepEqual(second.feed(Buffer.from('HTTP/1.1 200 OK\r\n\r\n')), { kind: 'failed', failure: why });
});

test('what the last hop cannot name is known before anything is dialled', () => {
  const why = (hops: readonly Hop[], host: string) => whyUnaskable(hops, host)?.detail;
  for (const hops of [[SOCKS4], [HTTP, SOCKS4]]) {
    assert.equal(why(hops, '2001:db8::1'), 'SOCKS4 has no IPv6 addresses');
    assert.equal(why(hops, '0.0.0.9'), 'SOCKS4 takes 0.0.0.x for a name');
    for (const host of ['0.0.0.0', '192.0.2.1', 'example.org']) assert.equal(why(hops, host), undefined);
  }
  for (const hops of [[], [HTTP], [SOCKS4, HTTP]]) assert.equal(why(hops, '2001:db8::1'), undefined);
});
