// What the kernel makes of TCP_USER_TIMEOUT beside keepalive, with peers that have vanished: it looks at that time with each
// probe, and then not at the number of probes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Namespace, withoutNamespaces } from '../helpers/namespace.js';
import type { Silenced } from '../helpers/silent-peers.js';

test('of silent peers, the time goes before the number of probes, be it shorter or longer', {
  skip: withoutNamespaces() ?? false,
}, async () => {
  const namespace = await Namespace.start<Silenced, readonly string[]>(
    new URL('../helpers/silent-peers.js', import.meta.url),
  );
  try {
    const every = { idle_s: 1, interval_s: 1 };
    const ended = await namespace.ask({
      within_ms: 30_000,
      sockets: {
        'after 6 s, not after 1 probe': { ...every, probes: 1, userTimeout_ms: 5500 },
        'after 3 probes': { ...every, probes: 3, userTimeout_ms: 0 },
        'after 1.5 s, not after 120 probes': { ...every, probes: 120, userTimeout_ms: 1500 },
      },
    });
    assert.deepEqual(ended, [
      'after 1.5 s, not after 120 probes: ETIMEDOUT',
      'after 3 probes: ETIMEDOUT',
      'after 6 s, not after 1 probe: ETIMEDOUT',
    ]);
  } finally {
    await namespace.close();
  }
});
