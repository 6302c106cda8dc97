// Who may come in by a listener, by the address as the kernel lays it out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packAddress } from '../../../src/linux/addresses.js';
import { Admission } from '../../../src/main/accept/admission.js';
import { parseIp } from '../../../src/protocol/address/address.js';
import type { Listener } from '../../../src/protocol/inbound/listener.js';
import { ALL_NETWORKS } from '../../../src/protocol/listen-options.js';
import { listenerOf } from '../../helpers/listener.js';

/** A text with `::ffff:` is packed as an IPv6 address, as a socket that listens on :: has it. */
function packed(text: string): Uint8Array {
  const ip = parseIp(text) as Uint8Array;
  if (!text.startsWith('::ffff:')) return packAddress(ip, 4242);
  return packAddress(Uint8Array.of(...new Array<number>(10).fill(0), 0xff, 0xff, ...ip), 4242);
}

const admitted = (changes: Partial<Listener>, clients: readonly string[]): string[] => {
  const admission = new Admission(listenerOf(changes));
  return clients.filter((client) => admission.admits(packed(client)));
};

test('by default the clients of this machine may come, in each form of their address', () => {
  const own = ['127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.5'];
  assert.deepEqual(admitted({}, [...own, '10.0.0.1', '128.0.0.1', '::2', '::ffff:10.0.0.1']), own);
});

test('an address that only leads to this machine by a tunnel is a stranger’s', () => {
  assert.deepEqual(admitted({}, ['2002:7f00:1::1', '64:ff9b::7f00:1', '::7f00:1']), []);
});

test('networks of both families, and proxies beside them', () => {
  const changes = { allowClients: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'], proxyFrom: ['198.51.100.1'] };
  const may = ['10.255.255.255', '2001:db8:ffff::1', '192.0.2.7', '::ffff:10.1.2.3', '198.51.100.1'];
  const others = ['11.0.0.0', '9.255.255.255', '2001:db9::', '192.0.2.8', '127.0.0.1', '::1'];
  assert.deepEqual(admitted(changes, [...may, ...others]), may);
});

test('proxies are told apart from clients, since they stand for many', () => {
  const proxies = new Admission(listenerOf({ proxyFrom: ['198.51.100.0/24'] }));
  const of = (text: string): boolean => proxies.isProxy(packed(text));
  assert.deepEqual(['198.51.100.7', '::ffff:198.51.100.7', '127.0.0.1'].map(of), [true, true, false]);
  assert.equal(new Admission(listenerOf()).isProxy(packed('127.0.0.1')), false);
  const unix = { endpoint: undefined, allowClients: [] };
  assert.equal(new Admission(listenerOf(unix)).isProxy(Uint8Array.of(1, 0)), false);
  assert.equal(new Admission(listenerOf({ ...unix, proxyFrom: ['unix'] })).isProxy(Uint8Array.of(1, 0)), true);
});

test('to a Unix socket everybody may come whom its file lets connect', () => {
  const admission = new Admission(listenerOf({ endpoint: undefined, allowClients: [] }));
  assert.equal(admission.admits(Uint8Array.of(1, 0)), true);
  assert.equal(admission.admits(undefined), true);
});

test('a client that has gone is admitted only where everybody is who can reach the listener', () => {
  const unknown = (changes: Partial<Listener>): boolean => new Admission(listenerOf(changes)).admits(undefined);
  const everywhere = { ip: new Uint8Array(16), port: 1 };
  assert.equal(unknown({}), true);
  assert.equal(unknown({ allowClients: ['127.0.0.5'] }), false);
  assert.equal(unknown({ endpoint: everywhere }), false);
  assert.equal(unknown({ endpoint: everywhere, allowClients: ALL_NETWORKS }), true);
});
