// What SOCKS5 makes of one proxy's bytes, phase by phase: how many of them it reads, and whose failure a failure is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hop } from '../../../src/protocol/lines/line.js';
import type { HopStep } from '../../../src/protocol/outbound/outbound.js';
import { socks5 } from '../../../src/protocol/outbound/socks5.js';

const PLAIN: Hop = { kind: 'socks5', host: '192.0.2.1', port: 1080, username: undefined, password: undefined };
const SECRET: Hop = { ...PLAIN, username: 'user', password: 'secret' };
const TARGET = { host: 'example.org', port: 443 };
const REQUEST = [5, 1, 0, 3, 11, ...Buffer.from('example.org'), 1, 0xbb];

const read = (phase: number, hop: Hop, ...received: number[]): HopStep =>
  socks5.read(phase, Uint8Array.from(received), hop, TARGET);

function sent(step: HopStep): { bytes: number[]; size: number; phase: number } {
  assert.ok(step.kind === 'send', JSON.stringify(step));
  return { bytes: [...step.bytes], size: step.size, phase: step.phase };
}

test('a password is offered only where there is one', () => {
  assert.deepEqual(socks5.begin(PLAIN, TARGET, 0), { kind: 'send', bytes: Uint8Array.of(5, 1, 0) });
  assert.deepEqual(socks5.begin(SECRET, TARGET, 0), { kind: 'send', bytes: Uint8Array.of(5, 2, 0, 2) });
});

test('the depth of a request is told in one more method, and only then', () => {
  assert.deepEqual(socks5.begin(PLAIN, TARGET, 3), { kind: 'send', bytes: Uint8Array.of(5, 2, 0, 0xd3) });
  assert.deepEqual(socks5.begin(SECRET, TARGET, 8), { kind: 'send', bytes: Uint8Array.of(5, 3, 0, 2, 0xd8) });
});

test('every message is read once it is whole, and no more than it', () => {
  const password = sent(read(0, SECRET, 5, 2, 77));
  assert.deepEqual(password.bytes, [1, 4, ...Buffer.from('user'), 6, ...Buffer.from('secret')]);
  const request = sent(read(password.phase, SECRET, 1, 0, 77));
  assert.deepEqual(request.bytes, REQUEST);
  assert.deepEqual(sent(read(0, PLAIN, 5, 0)), { bytes: REQUEST, size: 2, phase: request.phase });
  assert.deepEqual([password.size, request.size], [2, 2]);
  for (const [address, ip] of [
    [
      [1, 10, 0, 0, 9],
      [10, 0, 0, 9],
    ],
    [
      [4, ...Array(15).fill(0), 1],
      [...Array(15).fill(0), 1],
    ],
    [
      [3, 2, 104, 105],
      [0, 0, 0, 0],
    ],
  ] as const) {
    const reply = [5, 0, 0, ...address, 0x30, 0x39];
    for (let size = 0; size < reply.length; size += 1)
      assert.equal(read(request.phase, PLAIN, ...reply.slice(0, size)).kind, 'incomplete');
    const end = read(request.phase, PLAIN, ...reply, 77, 78);
    assert.ok(end.kind === 'connected');
    assert.deepEqual([[...end.bound.ip], end.bound.port, end.size], [ip, 12345, reply.length]);
  }
});

test('a hop has been asked for its target once the request is under way', () => {
  const password = sent(read(0, SECRET, 5, 2)).phase;
  const reply = sent(read(password, SECRET, 1, 0)).phase;
  assert.deepEqual(
    [0, password, reply].map((phase) => socks5.hasAsked(phase)),
    [false, false, true],
  );
});

test('a failure is that of the hop, or what the hop says of its target', () => {
  const reply = sent(read(0, PLAIN, 5, 0)).phase;
  const password = sent(read(0, SECRET, 5, 2)).phase;
  const cases: [HopStep, 'hop' | 'target', string][] = [
    [read(0, PLAIN, 4, 0), 'hop', 'proxy-protocol'],
    [read(0, PLAIN, 5, 255), 'hop', 'proxy-authentication'],
    [read(0, PLAIN, 5, 2), 'hop', 'proxy-authentication'],
    [read(password, SECRET, 1, 1), 'hop', 'proxy-authentication'],
    [read(reply, PLAIN, 9), 'hop', 'proxy-protocol'],
    [read(reply, PLAIN, 5, 0, 0, 7, 0), 'hop', 'proxy-protocol'],
    [read(reply, PLAIN, 5, 7, 0, 1, 0), 'hop', 'proxy-protocol'],
    [read(reply, PLAIN, 5, 1, 0, 1, 0), 'target', 'unexplained'],
    [read(reply, PLAIN, 5, 2, 0, 1, 0), 'target', 'proxy-forbids'],
    [read(reply, PLAIN, 5, 5, 0, 1, 0), 'target', 'refused'],
  ];
  for (const [step, of, code] of cases) {
    assert.ok(step.kind === 'failed');
    assert.deepEqual([step.of, step.failure.code], [of, code]);
  }
});
