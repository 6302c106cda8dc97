// The edges of the ranges of multicast.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../src/protocol/address/address.js';
import { isMulticast } from '../../../src/protocol/address/multicast.js';

test('multicast begins and ends where the RFCs say', () => {
  const of = (text: string): boolean => isMulticast(parseIp(text) as Uint8Array);
  for (const text of ['224.0.0.0', '239.255.255.255', 'ff00::', 'ff02::1', 'ffff::', '255.255.255.255'])
    assert.ok(of(text), text);
  for (const text of ['223.255.255.255', '240.0.0.0', '255.255.255.254', 'feff::1', 'e000::1', '::'])
    assert.ok(!of(text), text);
});
