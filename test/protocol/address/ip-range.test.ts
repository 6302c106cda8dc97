import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIp, parseIp } from '../../../src/protocol/address/address.js';
import { comparedIp } from '../../../src/protocol/address/embedded-ipv4.js';
import { formatIpRange, IpRanges, parseIpRange } from '../../../src/protocol/address/ip-range.js';

const has = (ranges: IpRanges, text: string): boolean => ranges.has(parseIp(text) as Uint8Array);

test('addresses and ranges of both families have one spelling', () => {
  const spelt = (text: string): string | undefined => {
    const range = parseIpRange(text);
    return range === undefined ? undefined : formatIpRange(range);
  };
  assert.equal(spelt('192.0.2.1'), '192.0.2.1');
  assert.equal(spelt('192.0.2.1/32'), '192.0.2.1');
  assert.equal(spelt('192.0.2.77/24'), '192.0.2.0/24');
  assert.equal(spelt('192.0.2.77/25'), '192.0.2.0/25');
  assert.equal(spelt('1.2.3.4/0'), '0.0.0.0/0');
  assert.equal(spelt('2001:DB8::1/33'), '2001:db8::/33');
  assert.equal(spelt('2001:db8:8000::/33'), '2001:db8:8000::/33');
  assert.equal(spelt('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(spelt('::ffff:192.0.2.1/120'), '192.0.2.0/24');
  for (const wrong of [
    '192.0.2.1/33',
    '::1/129',
    '::ffff:1.2.3.4/95',
    '1.2.3.4/',
    '/8',
    '1.2.3/8',
    '1.2.3.4/8/8',
    'a',
  ]) {
    assert.equal(spelt(wrong), undefined, wrong);
  }
});

test('a set has its edges and nothing beside them', () => {
  const ranges = IpRanges.of(['10.0.0.0/8', '10.1.0.0/16', '192.0.2.128/25', '203.0.113.9', '2001:db8::/32', '::1']);
  for (const inside of ['10.0.0.0', '10.1.2.3', '10.255.255.255', '192.0.2.128', '192.0.2.255', '203.0.113.9']) {
    assert.ok(has(ranges, inside), inside);
  }
  for (const inside of ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '::1', '::ffff:10.0.0.1']) {
    assert.ok(has(ranges, inside), inside);
  }
  for (const outside of ['9.255.255.255', '11.0.0.0', '192.0.2.127', '192.0.3.0', '203.0.113.8', '203.0.113.10']) {
    assert.ok(!has(ranges, outside), outside);
  }
  for (const outside of ['2001:db7:ffff::', '2001:db9::', '::', '::2']) assert.ok(!has(ranges, outside), outside);
  assert.ok(!has(IpRanges.of([]), '10.0.0.1'));
  assert.ok(has(IpRanges.of(['0.0.0.0/0']), '255.255.255.255'));
  assert.ok(!has(IpRanges.of(['0.0.0.0/0']), '::1'));
});

test('a set agrees with comparing bits one range at a time', () => {
  const ip = fc.oneof(
    // Few different bytes, so that ranges meet and nest.
    fc.uint8Array({ minLength: 4, maxLength: 4, max: 3 }),
    fc.uint8Array({ minLength: 16, maxLength: 16, max: 3 }),
  );
  const range = ip.chain((bytes) => fc.tuple(fc.constant(bytes), fc.integer({ min: 0, max: bytes.length * 8 })));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 30 }), fc.array(ip, { maxLength: 30 }), (given, asked) => {
      const ranges = IpRanges.of(given.map(([bytes, prefix]) => `${formatIp(bytes)}/${prefix}`));
      for (const one of [...asked, ...given.map(([bytes]) => bytes)]) {
        const forms = [one, comparedIp(one)];
        const expected = given.some(([bytes, prefix]) =>
          forms.some((form) => bytes.length === form.length && agree(bytes, form, prefix)),
        );
        assert.equal(ranges.has(one), expected);
      }
    }),
  );
});

function agree(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  for (let bit = 0; bit < bits; bit += 1) {
    if (((a[bit >> 3] ^ b[bit >> 3]) & (0x80 >> (bit & 7))) !== 0) return false;
  }
  return true;
}

test('an IPv6 address stands for its IPv4 address where it is dialled, and only for itself where a client comes from it', () => {
  const ranges = IpRanges.of(['127.0.0.0/8', '2001:db8::/32']);
  const client = (text: string): boolean => ranges.hasClient(parseIp(text) as Uint8Array);
  for (const text of ['127.0.0.1', '::ffff:127.0.0.1', '2001:db8::1'])
    assert.deepEqual([has(ranges, text), client(text)], [true, true]);
  for (const text of ['2002:7f00:1::', '64:ff9b::7f00:1', '::7f00:1'])
    assert.deepEqual([has(ranges, text), client(text)], [true, false]);
  assert.equal(client('2001:db9::'), false);
});
