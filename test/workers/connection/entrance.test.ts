// Which clients of a listener are proxies, and who is let in by a header that tells of no client.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../src/protocol/address/address.js';
import { ALL_NETWORKS } from '../../../src/protocol/listen-options.js';
import { usualQuiet } from '../../../src/protocol/quiet/quiet.js';
import { entranceOf } from '../../../src/workers/connection/entrance.js';
import { listenerOf } from '../../helpers/listener.js';

const USUAL = usualQuiet({ tcp_keepalive_s: 60, idle_timeout_ms: 1000 });
const UNKNOWN = Buffer.from('PROXY UNKNOWN\r\n');

/** What becomes of a client at `ip`, of a Unix socket without one, that sends such a header; undefined where it is no proxy. */
function untold(proxyFrom: readonly string[], allowClients: readonly string[], ip?: string): string | undefined {
  const { behindProxies } = entranceOf(listenerOf({ allowClients, proxyFrom }), USUAL);
  const inbound = behindProxies?.inboundFrom(ip === undefined ? undefined : parseIp(ip));
  return inbound?.feed(UNKNOWN, 0, UNKNOWN.length).kind;
}

test('a proxy that tells of no client must be in allow_clients itself', () => {
  const proxies = ['192.0.2.0/24', '2001:db8::/32'];
  assert.equal(untold(proxies, ['192.0.2.1'], '192.0.2.1'), 'proceed');
  assert.equal(untold(proxies, ['192.0.2.1'], '192.0.2.2'), 'refused');
  assert.equal(untold(proxies, ['192.0.2.1'], '2001:db8::1'), 'refused');
  assert.equal(untold(proxies, ALL_NETWORKS, '2001:db8::1'), 'proceed');
  assert.equal(untold(proxies, ALL_NETWORKS, '198.51.100.1'), undefined);
  assert.equal(untold(proxies, ALL_NETWORKS), undefined);
});

test('one of a Unix socket comes only where everybody may', () => {
  assert.equal(untold(['unix'], ALL_NETWORKS), 'proceed');
  for (const some of [['192.0.2.0/24'], ['0.0.0.0/0'], ['127.0.0.0/8', '::1'], []]) {
    assert.equal(untold(['unix'], some), 'refused');
  }
});

test('what a listener says of quiet connections goes before the usual, and what a rule says before the listener', () => {
  const { quiet } = entranceOf(listenerOf({ quiet: { idle_timeout_ms: 0 } }), USUAL);
  const keepalive = { idle_s: 60, interval_s: 20, probes: 9 };
  assert.deepEqual(quiet.usual, { keepalive, idle_timeout_ms: Number.POSITIVE_INFINITY });
  assert.equal(quiet.under(undefined), quiet.usual);
  assert.equal(entranceOf(listenerOf(), USUAL).quiet.usual, USUAL);
  assert.deepEqual(quiet.under({ keepalive: false }), { keepalive: false, idle_timeout_ms: Number.POSITIVE_INFINITY });
  assert.deepEqual(quiet.under({ idle_timeout_ms: 50 }), { keepalive, idle_timeout_ms: 50 });
});
