// Addresses between text and bytes, and the targets that clients name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { formatEndpoint, formatIp, parseIp } from '../../../src/protocol/address/address.js';
import { targetOfName } from '../../../src/protocol/address/target.js';

test('addresses are read strictly', () => {
  assert.deepEqual([...(parseIp('10.0.0.255') ?? [])], [10, 0, 0, 255]);
  assert.equal(parseIp('::1')?.length, 16);
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.04x',
    '0x7f.1',
    ':::',
    'fe80::1%eth0',
    'a.b',
    '1',
  ]) {
    assert.equal(parseIp(text), undefined, text);
  }
});

test('a mapped address is the IPv4 address', () => {
  assert.deepEqual([...(parseIp('::ffff:1.2.3.4') ?? [])], [1, 2, 3, 4]);
  assert.equal(targetOfName('::ffff:1.2.3.4', 1)?.host, '1.2.3.4');
});

test('every address survives being written and read', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }).filter((ip) => ip[10] !== 0xff),
  );
  fc.assert(fc.property(bytes, (ip) => assert.deepEqual([...(parseIp(formatIp(ip)) ?? [])], [...ip])));
});

/** As people and libraries write them, and nearly so. */
const written = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefF::..'), maxLength: 45 }),
  fc.tuple(fc.ipV6(), fc.nat(45), fc.constantFrom(':', '.', '0', 'f', '%', ' ', '::')).map(([text, at, more]) => {
    return text.slice(0, at) + more + text.slice(at);
  }),
  fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(45)).map(([text, at]) => text.slice(0, at) + text.slice(at + 1)),
);

test('texts are read and written as ipaddr.js does', () => {
  fc.assert(
    fc.property(written, (text) => {
      // It takes ::1.2.3.4 for a mapped address, which it is not, and lets its four parts have leading zeros.
      const four = text.includes('.') ? text.slice(text.lastIndexOf(':') + 1) : '';
      fc.pre(!/^::[0-9]+\./.test(text) && !(text.includes(':') && /(?:^|\.)0[0-9]/.test(four)));
      const isFour = ipaddr.IPv4.isValidFourPartDecimal(text);
      const isSix = text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text);
      const theirs = isFour || isSix ? ipaddr.process(text) : undefined;
      assert.deepEqual([...(parseIp(text) ?? [])], theirs?.toByteArray() ?? [], text);
      if (theirs !== undefined) assert.equal(formatIp(Uint8Array.from(theirs.toByteArray())), theirs.toString());
    }),
    { numRuns: 50_000 },
  );
});

test('endpoints have brackets where they need them', () => {
  assert.equal(formatEndpoint('::1', 80), '[::1]:80');
  assert.equal(formatEndpoint('example.org', 80), 'example.org:80');
});

test('names have one spelling, and what is no name is none', () => {
  assert.equal(targetOfName('WWW.Example.ORG.', 80)?.host, 'www.example.org');
  for (const name of ['', '.', 'a..b', 'a b', 'a/b', `${'x'.repeat(64)}.org`, `${'x.'.repeat(127)}org`, 'a\0b']) {
    assert.equal(targetOfName(name, 80), undefined, JSON.stringify(name));
  }
});
