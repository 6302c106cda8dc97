// The examples of RFC 6724 section 10.2, as far as addresses alone tell, and its rules one by one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { orderAddresses, sourcesOf } from '../../../src/protocol/address/address-order.js';

function ordered(destinations: readonly string[], sources: readonly string[]): string[] {
  return [...orderAddresses(destinations, sourcesOf(sources))];
}

test('the examples of RFC 6724 section 10.2', () => {
  const cases: [destinations: string[], sources: string[], expected: string[]][] = [
    // Prefer matching scope.
    [
      ['2001:db8:1::1', '198.51.100.121'],
      ['2001:db8:1::2', 'fe80::1', '169.254.13.78'],
      ['2001:db8:1::1', '198.51.100.121'],
    ],
    [
      ['2001:db8:1::1', '198.51.100.121'],
      ['fe80::1', '198.51.100.117'],
      ['198.51.100.121', '2001:db8:1::1'],
    ],
    // Prefer higher precedence.
    [
      ['2001:db8:1::1', '10.1.2.3'],
      ['2001:db8:1::2', 'fe80::1', '10.1.2.4'],
      ['2001:db8:1::1', '10.1.2.3'],
    ],
    // Prefer smaller scope.
    [
      ['2001:db8:1::1', 'fe80::1'],
      ['2001:db8:1::2', 'fe80::2'],
      ['fe80::1', '2001:db8:1::1'],
    ],
    // Prefer matching label.
    [
      ['2002:c633:6401::1', '2001:db8:1::1'],
      ['2002:c633:6401::2', 'fe80::2'],
      ['2002:c633:6401::1', '2001:db8:1::1'],
    ],
    // Prefer higher precedence.
    [
      ['2002:c633:6401::1', '2001:db8:1::1'],
      ['2002:c633:6401::2', '2001:db8:1::2', 'fe80::2'],
      ['2001:db8:1::1', '2002:c633:6401::1'],
    ],
  ];
  for (const [destinations, sources, expected] of cases) {
    assert.deepEqual(ordered(destinations, sources), expected);
    assert.deepEqual(ordered([...destinations].reverse(), sources), expected);
  }
});

test('a family without an address of its own comes last', () => {
  assert.deepEqual(ordered(['2001:db8::1', '192.0.2.1'], ['192.0.2.99', '::1', 'fe80::9']), [
    '192.0.2.1',
    '2001:db8::1',
  ]);
  assert.deepEqual(ordered(['192.0.2.1', '2001:db8::1'], ['2001:db8::99']), ['2001:db8::1', '192.0.2.1']);
});

test('of IPv6 addresses the nearest prefix comes first; IPv4 keeps the order of the server', () => {
  assert.deepEqual(ordered(['2a00::1', '2001:db8:1::1'], ['2001:db8::9']), ['2001:db8:1::1', '2a00::1']);
  const four = ['203.0.113.1', '192.0.2.1', '198.51.100.1'];
  assert.deepEqual(ordered(four, ['192.0.2.9']), four);
});

test('it orders and does nothing else', () => {
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6().filter((text) => !text.includes('.')),
  );
  fc.assert(
    fc.property(fc.uniqueArray(address), fc.array(address), (destinations, sources) => {
      assert.deepEqual(ordered(destinations, sources).sort(), [...destinations].sort());
    }),
  );
});
