// SOCKS4 and SOCKS4a as a way in: literal bytes, every split point, bounds, hostile bytes, and what failures are answered with.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Inbound, InboundStep, Refused } from '../../../src/protocol/inbound/inbound.js';
import { refusingSocks4, SOCKS4, SOCKS4_OF_USERS, SOCKS4_REPLIES } from '../../../src/protocol/inbound/socks4.js';
import { FAILURES, type FailureCode, failureOf } from '../../../src/protocol/race/failure.js';

const fed = (inbound: Inbound, bytes: readonly number[]): InboundStep =>
  inbound.feed(Uint8Array.from(bytes), 0, bytes.length);

const text = (...texts: readonly string[]): number[] => texts.flatMap((one) => [...Buffer.from(one), 0]);
const REJECTION = Uint8Array.of(0, 91, 0, 0, 0, 0, 0, 0);
const WANTED = { what: 'SOCKS4', sentence: 'unwanted' };

const REQUESTS: readonly [string, readonly number[], { host: string; port: number }][] = [
  ['an address', [4, 1, 0, 80, 192, 0, 2, 1, ...text('')], { host: '192.0.2.1', port: 80 }],
  ['an address, of a user', [4, 1, 0x1f, 0x90, 10, 0, 0, 1, ...text('alice')], { host: '10.0.0.1', port: 8080 }],
  [
    'an address, of a user of 255 octets',
    [4, 1, 0, 1, 1, 2, 3, 4, ...text('u'.repeat(255))],
    { host: '1.2.3.4', port: 1 },
  ],
  ['the address 0.0.0.0', [4, 1, 0, 80, 0, 0, 0, 0, ...text('')], { host: '0.0.0.0', port: 80 }],
  ['a name', [4, 1, 1, 0xbb, 0, 0, 0, 1, ...text('', 'a.test')], { host: 'a.test', port: 443 }],
  [
    'a name in capitals, of a user',
    [4, 1, 0, 80, 0, 0, 0, 255, ...text('bob', 'Exa.MpL.')],
    { host: 'exa.mpl', port: 80 },
  ],
  ['an address as a name', [4, 1, 0, 80, 0, 0, 0, 7, ...text('', '1.2.3.4')], { host: '1.2.3.4', port: 80 }],
  [
    'an IPv6 address as a name',
    [4, 1, 0, 80, 0, 0, 0, 7, ...text('', '[2001:db8::1]')],
    { host: '2001:db8::1', port: 80 },
  ],
  [
    'a long name, of a long user',
    [4, 1, 0, 80, 0, 0, 0, 7, ...text('u'.repeat(255), `${'abcdefg.'.repeat(31)}test`)],
    { host: `${'abcdefg.'.repeat(31)}test`, port: 80 },
  ],
];

for (const [what, bytes, target] of REQUESTS) {
  test(`a request for ${what} is incomplete at every split, and then complete or refused`, () => {
    for (const inbound of [SOCKS4, SOCKS4_OF_USERS, refusingSocks4(WANTED)]) {
      for (let length = 0; length < bytes.length; length += 1) {
        assert.deepEqual(fed(inbound, bytes.slice(0, length)), { kind: 'incomplete' }, `${length} bytes`);
      }
    }
    for (const early of [[], [22, 3, 1], [0, 4]]) {
      const step = fed(SOCKS4, [...bytes, ...early]);
      assert.ok(step.kind === 'requested');
      assert.deepEqual([step.target.host, step.target.port, step.replies], [target.host, target.port, SOCKS4_REPLIES]);
      assert.deepEqual(step.early, early.length === 0 ? undefined : Uint8Array.from(early));
      for (const [inbound, mistake] of [
        [SOCKS4_OF_USERS, /^speaks SOCKS4, which cannot name a user/],
        [refusingSocks4(WANTED), /^unwanted$/],
      ] as const) {
        const { answer, ending, misfit } = fed(inbound, [...bytes, ...early]) as Refused;
        assert.deepEqual([answer, ending], [REJECTION, 'refused']);
        assert.match(misfit?.sentence ?? '', mistake);
      }
    }
  });
}

test('early bytes are a copy, and a request is read where it begins', () => {
  const bytes = Uint8Array.from([9, 9, 4, 1, 0, 7, 127, 0, 0, 1, 0, 99]);
  const step = SOCKS4.feed(bytes, 2, bytes.length);
  bytes.fill(0);
  assert.ok(step.kind === 'requested' && step.target.port === 7);
  assert.deepEqual([step.early, step.target.ip], [Uint8Array.of(99), Uint8Array.of(127, 0, 0, 1)]);
});

test('what cannot be carried out is rejected, once it has been read', () => {
  for (const [what, bytes] of [
    ['BIND', [4, 2, 0, 80, 1, 2, 3, 4, ...text('alice')]],
    ['BIND of a name', [4, 2, 0, 80, 0, 0, 0, 1, ...text('', 'a.test')]],
    ['an unknown command', [4, 3, 0, 80, 1, 2, 3, 4, ...text('')]],
    ['an empty name', [4, 1, 0, 80, 0, 0, 0, 1, ...text('', '')]],
    ['a text that is no name', [4, 1, 0, 80, 0, 0, 0, 1, ...text('', 'a b')]],
  ] as const) {
    for (let length = 0; length < bytes.length; length += 1) {
      assert.equal(fed(SOCKS4, bytes.slice(0, length)).kind, 'incomplete', what);
    }
    const { kind, answer, ending, misfit } = fed(SOCKS4, bytes) as Refused;
    assert.deepEqual([kind, answer, ending, misfit], ['refused', REJECTION, 'refused', undefined], what);
  }
});

test('a user id or a name of more than 255 octets is rejected as soon as it is', () => {
  const head = [4, 1, 0, 80, 0, 0, 0, 1];
  for (const before of [head, [...head, ...text('alice')]]) {
    const long = [...before, ...Array(255).fill(0x61)];
    assert.equal(fed(SOCKS4, long).kind, 'incomplete');
    assert.deepEqual((fed(SOCKS4, [...long, 0x61]) as Refused).answer, REJECTION);
  }
});

test('another version gets no answer', () => {
  const { answer, ending } = fed(SOCKS4, [5, 1, 0]) as Refused;
  assert.deepEqual([answer, ending], [undefined, 'broke-protocol']);
});

test('replies have version 0, and the bound address where it is IPv4', () => {
  const { success, failure } = SOCKS4_REPLIES;
  assert.deepEqual([...success(Uint8Array.of(127, 0, 0, 1), 0x1234)], [0, 90, 0x12, 0x34, 127, 0, 0, 1]);
  assert.deepEqual([...success(new Uint8Array(16).fill(1), 7)], [0, 90, 0, 7, 0, 0, 0, 0]);
  assert.deepEqual(failure(failureOf('refused')), REJECTION);
});

test('every failure is 91, in the answer and for the record', () => {
  assert.equal(SOCKS4_REPLIES.successCode, 90);
  for (const code of Object.keys(FAILURES) as FailureCode[]) {
    assert.equal(SOCKS4_REPLIES.failureCode(code), 91, code);
    assert.deepEqual(SOCKS4_REPLIES.failure(failureOf(code)), REJECTION, code);
  }
});

test('no bytes make it throw, claim more than there is, or wait for more than the longest request', () => {
  const byte = fc.oneof(fc.constantFrom(0, 1, 4, 97), fc.nat(255));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 700 }), fc.boolean(), (noise, plausible) => {
      const bytes = Uint8Array.from(plausible ? [4, 1, ...noise] : noise);
      for (const inbound of [SOCKS4, SOCKS4_OF_USERS]) {
        const step = inbound.feed(bytes, 0, bytes.length);
        if (step.kind === 'requested') assert.ok((step.early?.length ?? 0) < bytes.length);
        if (step.kind === 'incomplete') assert.ok(bytes.length < 520);
      }
    }),
    { numRuns: 5000 },
  );
});

test('a gateway tells in its user id how many the request has passed, also at every split', () => {
  const asked = (user: string): readonly number[] => [4, 1, 0, 80, 0, 0, 0, 7, ...text(user, 'a.test')];
  const depth = (user: string): number | undefined => {
    const step = fed(SOCKS4, asked(user));
    assert.ok(step.kind === 'requested');
    return step.depth;
  };
  assert.deepEqual(['tcproute/1', 'tcproute/8'].map(depth), [1, 8]);
  assert.deepEqual(['', 'alice', 'tcproute/0', 'tcproute/9', 'tcproute/1 '].map(depth), new Array(5).fill(undefined));
  const bytes = asked('tcproute/3');
  for (let length = 0; length < bytes.length; length += 1)
    assert.deepEqual(fed(SOCKS4, bytes.slice(0, length)), { kind: 'incomplete' }, `${length} bytes`);
});
