// SOCKS4 and 4a with one proxy: what is asked, and what the answers mean.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Hop } from '../../../src/protocol/lines/line.js';
import type { HopStep } from '../../../src/protocol/outbound/outbound.js';
import { socks4 } from '../../../src/protocol/outbound/socks4.js';

const PLAIN: Hop = { kind: 'socks4', host: '192.0.2.1', port: 1080, username: undefined, password: undefined };
const TARGET = { host: 'example.org', port: 443 };

const read = (...received: number[]): HopStep => socks4.read(0, Uint8Array.from(received), PLAIN, TARGET);

function asked(hop: Hop, host: string): number[] | string {
  const opening = socks4.begin(hop, { host, port: 443 }, 0);
  return opening.kind === 'send' ? [...opening.bytes] : `${opening.failure.code} of ${opening.of}`;
}

test('an address is asked for as SOCKS4, a name as 4a, with the user id', () => {
  assert.deepEqual(asked(PLAIN, '198.51.100.7'), [4, 1, 1, 0xbb, 198, 51, 100, 7, 0]);
  assert.deepEqual(asked(PLAIN, 'a.example'), [4, 1, 1, 0xbb, 0, 0, 0, 1, 0, ...Buffer.from('a.example'), 0]);
  const named = { ...PLAIN, username: 'me' };
  assert.deepEqual(asked(named, '198.51.100.7'), [4, 1, 1, 0xbb, 198, 51, 100, 7, 109, 101, 0]);
  assert.deepEqual(asked(named, 'a'), [4, 1, 1, 0xbb, 0, 0, 0, 1, 109, 101, 0, 97, 0]);
});

test('the depth is told in the user id, unless one is configured', () => {
  const at = (hop: Hop, depth: number): string => {
    const opening = socks4.begin(hop, { host: '198.51.100.7', port: 443 }, depth);
    return opening.kind === 'send' ? Buffer.from(opening.bytes.subarray(8)).toString('latin1') : opening.failure.code;
  };
  assert.deepEqual([at(PLAIN, 0), at(PLAIN, 3)], ['\0', 'tcproute/3\0']);
  assert.equal(at({ ...PLAIN, username: 'me' }, 3), 'me\0');
});

test('an address that SOCKS4 does not have is not asked for', () => {
  assert.equal(asked(PLAIN, '2001:db8::1'), 'line-address-type of target');
  // It would mean that a name follows.
  assert.equal(asked(PLAIN, '0.0.0.9'), 'line-address-type of target');
  assert.deepEqual(asked(PLAIN, '0.0.0.0'), [4, 1, 1, 0xbb, 0, 0, 0, 0, 0]);
});

test('a reply is read once it is whole, and no more than it', () => {
  const reply = [0, 90, 0x30, 0x39, 10, 0, 0, 9];
  for (let size = 0; size < reply.length; size += 1) assert.equal(read(...reply.slice(0, size)).kind, 'incomplete');
  const bound = { ip: Uint8Array.of(10, 0, 0, 9), port: 12345 };
  assert.deepEqual(read(...reply), { kind: 'connected', bound, size: 8 });
  assert.deepEqual(read(...reply, 77), { kind: 'connected', bound, size: 8 });
});

test('what the codes of a reply mean', () => {
  const cases: readonly [number, string, 'hop' | 'target'][] = [
    [91, 'unexplained', 'target'],
    [92, 'proxy-authentication', 'hop'],
    [93, 'proxy-authentication', 'hop'],
    [94, 'proxy-protocol', 'hop'],
    [0, 'proxy-protocol', 'hop'],
  ];
  for (const [reply, code, of] of cases) {
    const step = read(0, reply, 0, 0, 0, 0, 0, 0);
    assert.ok(step.kind === 'failed');
    assert.deepEqual([step.failure.code, step.of, step.failure.detail], [code, of, `CD ${reply}`]);
  }
});

test('another protocol is known by its first byte, and no bytes make it throw', () => {
  for (const first of [4, 5, 72]) assert.equal(read(first).kind, 'failed');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => void read(...bytes)));
});
