// The first bytes of a tunnel, at every split.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeOutcome, encodeOutcome, type TunnelOutcome } from '../../../src/protocol/outbound/tunnel.js';

const OUTCOMES: readonly TunnelOutcome[] = [
  { code: 'open', fd: 17, tcp: { fd: 18, inode: 4711 } },
  { code: 'failed', cause: 'proxy-certificate', detail: 'CERT_HAS_EXPIRED' },
  { code: 'failed', cause: 'proxy-unreachable', detail: 'two\nlines' },
];

test('an outcome is read once it is whole, and no more than it', () => {
  for (const outcome of OUTCOMES) {
    const bytes = encodeOutcome(outcome);
    for (let size = 0; size < bytes.length; size += 1)
      assert.equal(decodeOutcome(bytes.subarray(0, size)).kind, 'incomplete');
    const more = Buffer.concat([bytes, Buffer.from('more\n')]);
    assert.deepEqual(decodeOutcome(more), { kind: 'message', value: outcome, size: bytes.length });
  }
  const long = encodeOutcome({ code: 'failed', cause: 'internal', detail: 'é'.repeat(1000) });
  assert.ok(long.length < 512);
  assert.equal(decodeOutcome(long).kind, 'message');
});

test('anything else is broken, and nothing throws', () => {
  for (const text of [
    '{"code":"open"}\n',
    '\n',
    'open\n',
    'null\n',
    '{"code":"other"}\n',
    '{"code":"failed","cause":"toString"}\n',
  ])
    assert.equal(decodeOutcome(Buffer.from(text)).kind, 'invalid', text);
  assert.equal(decodeOutcome(Buffer.alloc(513, 97)).kind, 'invalid');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => void decodeOutcome(bytes)));
});
