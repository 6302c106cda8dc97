import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../src/protocol/address/address.js';
import { networkOctets, networkText } from '../../../src/protocol/address/client-network.js';

const network = (address: string): string => networkText(networkOctets(parseIp(address)));

test('an IPv4 address is its own network, in every form, and of an IPv6 address its /64 is', () => {
  assert.equal(network('192.0.2.1'), '192.0.2.1');
  const mapped = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1);
  assert.equal(networkText(networkOctets(mapped)), '192.0.2.1');
  assert.equal(network('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
  assert.equal(network('::1'), '::/64');
});

test('a client without an address is one of a Unix socket', () => {
  assert.equal(networkText(networkOctets(undefined)), 'unix');
});
