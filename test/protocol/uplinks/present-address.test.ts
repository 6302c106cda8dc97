import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIp, parseIp } from '../../../src/protocol/address/address.js';
import { presentAddresses } from '../../../src/protocol/uplinks/present-address.js';

/** `d` for deprecated, `t` for temporary, before an address. */
function chosen(...texts: readonly string[]): readonly (string | undefined)[] {
  const addresses = texts.map((text) => {
    const [, flags, address] = /^([dt]*) ?(.*)$/.exec(text) as unknown as [string, string, string];
    const ip = parseIp(address);
    assert.ok(ip, address);
    return { ip, isDeprecated: flags.includes('d'), isTemporary: flags.includes('t') };
  });
  const { ip4, ip6 } = presentAddresses(addresses);
  return [ip4 && formatIp(ip4), ip6 && formatIp(ip6)];
}

test('of each family one, and none where there is none', () => {
  assert.deepEqual(chosen(), [undefined, undefined]);
  assert.deepEqual(chosen('10.0.0.1', '2001:db8::1'), ['10.0.0.1', '2001:db8::1']);
  assert.deepEqual(chosen('fe80::1'), [undefined, undefined]);
});

test('the first one of IPv4, and one of the link only where there is no other', () => {
  assert.deepEqual(chosen('10.0.0.2', '10.0.0.1', 't 10.0.0.3'), ['10.0.0.2', undefined]);
  assert.deepEqual(chosen('169.254.1.1', '192.0.2.1'), ['192.0.2.1', undefined]);
  assert.deepEqual(chosen('169.254.1.1'), ['169.254.1.1', undefined]);
});

test('of IPv6 a global one, then one that is not deprecated, then one that is not temporary', () => {
  assert.deepEqual(chosen('fd00::1', 'd 2001:db8::1')[1], '2001:db8::1');
  assert.deepEqual(chosen('fe80::1', 'd fd00::2', 'fd00::1')[1], 'fd00::1');
  assert.deepEqual(chosen('d 2001:db8::1', 't 2001:db8::2', '2001:db8::3')[1], '2001:db8::3');
  assert.deepEqual(chosen('d 2001:db8::1', 't 2001:db8::2')[1], '2001:db8::2');
  assert.deepEqual(chosen('dt 2001:db8::1', 'd 2001:db8::2')[1], '2001:db8::2');
});
