// SOCKS5 as the server reads and answers it: literal bytes, every split point, hostile bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeGreeting,
  decodeRequest,
  encodeFailure,
  encodeRefusal,
  encodeSuccess,
} from '../../../src/protocol/inbound/socks5.js';
import { Method } from '../../../src/protocol/socks-codes.js';

const at = (bytes: readonly number[]) => [Uint8Array.from(bytes), 0, bytes.length] as const;

const GREETINGS: readonly [string, readonly number[], number][] = [
  ['no authentication alone', [5, 1, 0], Method.none],
  ['no authentication and password', [5, 2, 0, 2], Method.none],
  ['no authentication last of many', [5, 5, 9, 8, 7, 6, 0], Method.none],
  ['password alone', [5, 1, 2], Method.unacceptable],
  ['no method at all', [5, 0], Method.unacceptable],
  ['255 methods', [5, 255, ...Array(254).fill(3), 0], Method.none],
];

const REQUESTS: readonly [string, readonly number[], { host: string; port: number }][] = [
  ['an IPv4 address', [5, 1, 0, 1, 192, 0, 2, 1, 0, 80], { host: '192.0.2.1', port: 80 }],
  [
    'an IPv6 address',
    [5, 1, 0, 4, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0xbb],
    { host: '2001:db8::1', port: 443 },
  ],
  [
    'an IPv4 address mapped into IPv6',
    [5, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1, 0, 1],
    { host: '10.0.0.1', port: 1 },
  ],
  [
    'a name in capitals with a trailing dot',
    [5, 1, 0, 3, 8, ...Buffer.from('Exa.MpL.'), 0x1f, 0x90],
    { host: 'exa.mpl', port: 8080 },
  ],
  ['an address as a name', [5, 1, 0, 3, 7, ...Buffer.from('1.2.3.4'), 0, 9], { host: '1.2.3.4', port: 9 }],
];

for (const [what, bytes, method] of GREETINGS) {
  test(`a greeting with ${what} is incomplete at every split and then complete`, () => {
    for (let length = 0; length < bytes.length; length += 1) {
      assert.deepEqual(decodeGreeting(...at(bytes.slice(0, length))), { kind: 'incomplete' }, `${length} bytes`);
    }
    assert.deepEqual(decodeGreeting(...at(bytes)), { kind: 'message', value: method, size: bytes.length });
    assert.deepEqual(decodeGreeting(...at([...bytes, 5, 1, 0])), {
      kind: 'message',
      value: method,
      size: bytes.length,
    });
  });
}

for (const [what, bytes, target] of REQUESTS) {
  test(`a request for ${what} is incomplete at every split and then complete`, () => {
    for (let length = 0; length < bytes.length; length += 1) {
      assert.deepEqual(decodeRequest(...at(bytes.slice(0, length))), { kind: 'incomplete' }, `${length} bytes`);
    }
    for (const rest of [[], [22, 3, 1]]) {
      const decoded = decodeRequest(...at([...bytes, ...rest]));
      assert.equal(decoded.kind, 'message');
      if (decoded.kind !== 'message') return;
      assert.equal(decoded.size, bytes.length);
      assert.equal(decoded.value.host, target.host);
      assert.equal(decoded.value.port, target.port);
    }
  });
}

test('a message that does not begin at the first byte is read where it begins', () => {
  const bytes = Uint8Array.from([1, 2, 5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 7, 99]);
  assert.deepEqual(decodeGreeting(bytes, 2, 16), { kind: 'message', value: Method.none, size: 3 });
  const request = decodeRequest(bytes, 5, 16);
  assert.ok(request.kind === 'message' && request.size === 10 && request.value.port === 7);
});

test('what cannot be served has its code', () => {
  assert.deepEqual(decodeGreeting(...at([4, 1])), { kind: 'invalid', code: 'not-socks5' });
  assert.deepEqual(decodeGreeting(...at([0x47])), { kind: 'invalid', code: 'not-socks5' });
  assert.deepEqual(decodeRequest(...at([4])), { kind: 'invalid', code: 'not-socks5' });
  assert.deepEqual(decodeRequest(...at([5, 2, 0, 1, 1, 2, 3, 4, 0, 1])), { kind: 'invalid', code: 'command' });
  assert.deepEqual(decodeRequest(...at([5, 3, 0, 1, 1, 2, 3, 4, 0, 1])), { kind: 'invalid', code: 'command' });
  assert.deepEqual(decodeRequest(...at([5, 1, 0, 2, 1])), { kind: 'invalid', code: 'address-type' });
  assert.deepEqual(decodeRequest(...at([5, 1, 0, 3, 0, 0, 80])), { kind: 'invalid', code: 'name' });
  assert.deepEqual(decodeRequest(...at([5, 1, 0, 3, 3, 97, 0, 98, 0, 80])), { kind: 'invalid', code: 'name' });
});

test('replies are the bytes of RFC 1928', () => {
  assert.deepEqual([...encodeSuccess(Uint8Array.of(127, 0, 0, 1), 0x1234)], [5, 0, 0, 1, 127, 0, 0, 1, 0x12, 0x34]);
  const ip6 = Uint8Array.from([0x20, 1, ...Array(13).fill(0), 1]);
  assert.deepEqual([...encodeSuccess(ip6, 1)], [5, 0, 0, 4, ...ip6, 0, 1]);
  assert.deepEqual([...encodeFailure('refused')], [5, 5, 0, 1, 0, 0, 0, 0, 0, 0]);
  assert.equal(encodeFailure('timed-out')[1], 4);
  assert.equal(encodeFailure('no-such-name')[1], 4);
  assert.equal(encodeFailure('network-unreachable')[1], 3);
  assert.equal(encodeFailure('not-allowed')[1], 2);
  assert.equal(encodeFailure('internal')[1], 1);
  assert.equal(encodeRefusal('command')?.[1], 7);
  assert.equal(encodeRefusal('address-type')?.[1], 8);
  assert.equal(encodeRefusal('not-socks5'), undefined);
});

test('no bytes make a decoder throw or claim more than there is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.boolean(), (noise, plausible) => {
      const bytes = plausible ? Uint8Array.from([5, ...noise]) : noise;
      for (const decoded of [decodeGreeting(bytes, 0, bytes.length), decodeRequest(bytes, 0, bytes.length)]) {
        if (decoded.kind === 'message') assert.ok(decoded.size <= bytes.length);
        if (decoded.kind === 'incomplete') assert.ok(bytes.length < 262);
      }
    }),
    { numRuns: 5000 },
  );
});
