import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIpRange } from '../../../src/protocol/address/ip-range.js';
import { clientFilterOf, isNameOf, targetFilterOf } from '../../../src/protocol/connections/filter.js';

test('a client is an address, a network, or any of a Unix socket', () => {
  const read = (text: string): string | undefined => {
    const filter = clientFilterOf(text);
    return typeof filter === 'object' ? formatIpRange(filter) : filter;
  };
  assert.deepEqual(['unix', '192.0.2.1', '192.0.2.9/24', '2001:db8::/32', '::ffff:192.0.2.1'].map(read), [
    ...['unix', '192.0.2.1', '192.0.2.0/24', '2001:db8::/32', '192.0.2.1'],
  ]);
  for (const text of ['', 'alice', '192.0.2.1:80', '192.0.2.0/33', 'UNIX']) assert.equal(read(text), undefined, text);
});

test('a target is a name with all below it, an address, a network, and a port beside them or alone', () => {
  const read = (text: string): unknown => {
    const filter = targetFilterOf(text);
    if (filter === undefined) return undefined;
    const { host, range, port } = filter;
    return [host ?? (range && formatIpRange(range)), port];
  };
  for (const [text, ...expected] of [
    ['Example.COM.', 'example.com', undefined],
    ['.example.com', 'example.com', undefined],
    ['*.example.com:443', 'example.com', 443],
    [':22', undefined, 22],
    ['192.0.2.7', '192.0.2.7', undefined],
    ['192.0.2.0/24:80', '192.0.2.0/24', 80],
    ['2001:db8::1', '2001:db8::1', undefined],
    ['[2001:db8::1]:53', '2001:db8::1', 53],
    ['[2001:db8::]/32', '2001:db8::/32', undefined],
  ] as const) {
    assert.deepEqual(read(text), expected, text);
  }
  for (const text of ['', ':', ':0', ':65536', 'a b', 'example.com:', 'example.com:http', '1.2.3.4.5', '-:x']) {
    assert.equal(read(text), undefined, text);
  }
});

test('a name is of another one that it is, or that is above it', () => {
  assert.deepEqual(
    ['example.com', 'www.example.com', 'badexample.com', 'com', 'example.com.org'].map((name) =>
      isNameOf(name, 'example.com'),
    ),
    [true, true, false, false, false],
  );
});
