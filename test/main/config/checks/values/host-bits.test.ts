// A network with bits behind its prefix: warned of wherever networks are configured, and taken as the network.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { warningsIn } from '../../load-text.js';

const means = (written: string, network: string, bits: number): string =>
  `${written} means the network ${network}; for one address leave out /${bits}`;

test('bits behind the prefix are warned of wherever networks stand', () => {
  const [written, expected] = ['10.9.0.3/8', means('10.9.0.3/8', '10.0.0.0/8', 8)];
  const from = { listen: [{ port: 1, allow_clients: ['10.0.0.1'], proxy_protocol: { from: [written] } }] };
  const listed = { listen: [{ port: 1, allow_clients: ['192.0.2.1', written] }] };
  for (const [tree, place] of [
    [{ allow_clients: written }, 'allow_clients'],
    [listed, 'listen[0].allow_clients[1]'],
    [from, 'listen[0].proxy_protocol.from[0]'],
    [{ egress: { deny: [written] } }, 'egress.deny[0]'],
    [{ egress: { allow: [`${written}:80`] } }, 'egress.allow[0]'],
    [{ rules: [{ cidr: written, block: true }] }, 'rules[0].cidr'],
    [{ rules: [{ client: [written], block: true }] }, 'rules[0].client[0]'],
    [{ IpBlacklist: [written] }, 'IpBlacklist[0]'],
    [{ dns: { rebind_allow: [written] } }, 'dns.rebind_allow[0]'],
  ] as const) {
    const [warning = '', ...more] = warningsIn(tree);
    assert.ok(warning.endsWith(expected), `${place}: ${warning}`);
    assert.deepEqual(more, [], place);
  }
});

test('the network is told in its normal form, and what has no such bits is not warned of', () => {
  const told = (entry: string) => warningsIn({ egress: { deny: [entry] } }).map((text) => text.replace(/^.*?: /, ''));
  assert.deepEqual(told('fd00::1/8'), [means('fd00::1/8', 'fd00::/8', 8)]);
  assert.deepEqual(told('[fd00::1/64]:22'), [means('fd00::1/64', 'fd00::/64', 64)]);
  assert.deepEqual(told('::ffff:10.9.0.3/104'), [means('::ffff:10.9.0.3/104', '10.0.0.0/8', 104)]);
  for (const entry of [
    '10.0.0.0/8',
    '10.9.0.3',
    '10.9.0.3/32',
    'fd00::/8',
    '0.0.0.0/0',
    '::/0',
    'loopback',
    '[::1]:80',
  ]) {
    assert.deepEqual(told(entry), [], entry);
  }
});
