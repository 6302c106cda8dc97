import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOpen, loopbackListener } from '../../src/protocol/listen-options.js';

test('a listener is open to other machines by its address, or by a proxy in front of it', () => {
  const at = (host: string) => isOpen({ ...loopbackListener(1), place: { kind: 'internet', host, port: 1 } });
  assert.deepEqual(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].map(at), [false, false, false, false]);
  assert.deepEqual(['0.0.0.0', '::', '10.0.0.1', 'fe80::1', '::ffff:10.0.0.1'].map(at), [true, true, true, true, true]);
  assert.equal(isOpen({ ...loopbackListener(1), place: { kind: 'unix', path: '/x', mode: 0o777 } }), false);
  assert.equal(isOpen({ ...loopbackListener(1), proxy_from: ['127.0.0.1'] }), true);
});
