// The header of RFC 1928 section 7, as bytes: read at every length, and written so that reading gives the same.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  FRAGMENT,
  HEADER_MAX,
  headerOfIp,
  headerOfName,
  NO_HEADER,
  readHeader,
  targetOfHeader,
} from '../../../src/protocol/udp/header.js';

const IPV4 = [0, 0, 0, 1, 192, 0, 2, 7, 0x01, 0xbb];
const IPV6 = [0, 0, 0, 4, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 53];
const NAME = [0, 0, 0, 3, 9, ...Buffer.from('Site.test'), 0x1f, 0x90];
const LONGEST = [0, 0, 0, 3, 255, ...Buffer.from(`${'a'.repeat(63)}.`.repeat(3) + 'b'.repeat(63)), 0, 80];
const PAYLOAD = [1, 2, 3, 4];

const bytesOf = (numbers: readonly number[]): Uint8Array => Uint8Array.from(numbers);

function read(numbers: readonly number[]): number {
  const bytes = bytesOf(numbers);
  return readHeader(bytes, 0, bytes.length);
}

function target(
  numbers: readonly number[],
): { host: string; port: number; ip: readonly number[] | undefined } | undefined {
  const bytes = bytesOf(numbers);
  const found = targetOfHeader(bytes, 0, readHeader(bytes, 0, bytes.length));
  return found && { host: found.host, port: found.port, ip: found.ip && [...found.ip] };
}

describe('the header of a datagram', () => {
  for (const [what, header] of Object.entries({ IPV4, IPV6, NAME, LONGEST })) {
    test(`${what}: its size is found, whatever follows, and every shorter one is none`, () => {
      assert.equal(read(header), header.length);
      assert.equal(read([...header, ...PAYLOAD]), header.length);
      for (let length = 0; length < header.length; length += 1) assert.equal(read(header.slice(0, length)), NO_HEADER);
    });

    test(`${what}: it is found at any place, and the end of the datagram is the end`, () => {
      const bytes = bytesOf([9, 9, 9, ...header, 7]);
      assert.equal(readHeader(bytes, 3, bytes.length), header.length);
      assert.equal(readHeader(bytes, 3, 3 + header.length), header.length);
      assert.equal(readHeader(bytes, 3, 2 + header.length), NO_HEADER);
    });

    test(`${what}: a fragment is one, unless it is no header at all`, () => {
      for (const number of [1, 2, 127, 128, 255]) {
        const fragment = header.map((octet, i) => (i === 2 ? number : octet));
        assert.equal(read(fragment), FRAGMENT);
        assert.equal(read(fragment.slice(0, -1)), NO_HEADER);
      }
    });

    test(`${what}: reserved octets are zero`, () => {
      for (const at of [0, 1]) assert.equal(read(header.map((octet, i) => (i === at ? 1 : octet))), NO_HEADER);
    });
  }

  test('the longest is as long as HEADER_MAX says', () => assert.equal(LONGEST.length, HEADER_MAX));

  test('other types of address, and a name without a letter, are no header', () => {
    for (let type = 0; type < 256; type += 1) {
      if ([1, 3, 4].includes(type)) continue;
      assert.equal(read([0, 0, 0, type, ...new Array<number>(300).fill(1)]), NO_HEADER);
    }
    assert.equal(read([0, 0, 0, 3, 0, 0, 53, 1, 2, 3, 4, 5]), NO_HEADER);
  });

  test('the destination is an address or a name, and a name that is an address is one', () => {
    assert.deepEqual(target(IPV4), { host: '192.0.2.7', port: 443, ip: [192, 0, 2, 7] });
    assert.deepEqual(target(IPV6), { host: '2001:db8::9', port: 53, ip: IPV6.slice(4, 20) });
    assert.deepEqual(target(NAME), { host: 'site.test', port: 8080, ip: undefined });
    const text = Buffer.from('192.0.2.9');
    assert.deepEqual(target([0, 0, 0, 3, text.length, ...text, 0, 80])?.ip, [192, 0, 2, 9]);
  });

  test('an IPv4 address that is written as an IPv6 one is the IPv4 address', () => {
    const mapped = [0, 0, 0, 4, ...new Array<number>(10).fill(0), 255, 255, 192, 0, 2, 7, 1, 0xbb];
    assert.deepEqual(target(mapped), { host: '192.0.2.7', port: 443, ip: [192, 0, 2, 7] });
  });

  test('port 0, and a text that can be no name, are no destination', () => {
    assert.equal(target(IPV4.map((octet, i) => (i > 7 ? 0 : octet))), undefined);
    for (const text of ['a b', '-\0-', '1.2.3.4.5', '256.1.1.1', '..']) {
      const bytes = Buffer.from(text);
      assert.equal(target([0, 0, 0, 3, bytes.length, ...bytes, 0, 80]), undefined, text);
    }
  });

  test('what is written is read as the same', () => {
    const ips = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    );
    fc.assert(
      fc.property(ips, fc.integer({ min: 1, max: 65_535 }), (ip, port) => {
        const header = headerOfIp(ip, port);
        assert.equal(readHeader(header, 0, header.length), header.length);
        assert.deepEqual([...header.slice(4, -2)], [...ip]);
        assert.equal(targetOfHeader(header, 0, header.length)?.port, port);
      }),
    );
    const header = headerOfName('site.test', 65_535);
    assert.deepEqual(target([...header]), { host: 'site.test', port: 65_535, ip: undefined });
  });

  test('no bytes are read outside of the datagram, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(20), fc.nat(20), (bytes, before, behind) => {
        const around = bytesOf([...new Array<number>(before).fill(0), ...bytes, ...new Array<number>(behind).fill(0)]);
        const size = readHeader(around, before, before + bytes.length);
        assert.equal(size, readHeader(bytes, 0, bytes.length));
        assert.ok(size <= bytes.length);
        if (size > 0) targetOfHeader(around, before, size);
      }),
    );
  });
});
