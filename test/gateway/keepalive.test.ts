// Quiet connections are kept, and those whose peer has gone are found by TCP keepalive, long before any time-out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineName } from '../helpers/gateway.js';
import { Namespace, withoutNamespaces } from '../helpers/namespace.js';
import { withoutUring } from '../helpers/uring.js';
import type { Vanish, Vanished } from '../helpers/vanishing-peers.js';

const engines: EngineName[] = withoutUring === undefined ? ['uring', 'epoll'] : ['epoll'];

test('quiet and half-closed connections whose peers have vanished end', {
  skip: withoutNamespaces() ?? false,
}, async () => {
  const script = new URL('../helpers/vanishing-peers.js', import.meta.url);
  const namespace = await Namespace.start<Vanish, Vanished>(script);
  try {
    // A second of quiet, and three probes, one a second: by a rule, where nobody would be probed otherwise.
    const keepalive = { idle_s: 1, interval_s: 1, probes: 3 };
    const config = { tcp_keepalive_s: 0, rules: [{ keepalive }] };
    const vanished = await namespace.ask({ engines, config, keepalive_s: 1, within_ms: 40_000 });
    for (const engine of engines) {
      assert.equal(vanished[engine].length, 2);
      for (const ending of vanished[engine]) assert.match(ending ?? '', /^reset-by-(client|destination)$/);
    }
  } finally {
    await namespace.close();
  }
});
