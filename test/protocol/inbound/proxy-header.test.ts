// The PROXY header in front of a protocol: literal bytes of both versions at every split, what is malformed in every way, the
// checksum, and hostile bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIp, parseIp } from '../../../src/protocol/address/address.js';
import { crc32c } from '../../../src/protocol/inbound/crc32c.js';
import type { ClientAddress, Inbound, InboundStep } from '../../../src/protocol/inbound/inbound.js';
import { afterProxyHeader } from '../../../src/protocol/inbound/proxy-header.js';
import { INCOMPLETE } from '../../../src/protocol/inbound/steps.js';

const BEHIND: Inbound = { speaks: () => 'unknown', feed: () => INCOMPLETE };
const HEADER = afterProxyHeader(BEHIND, { mayCome: () => true, proxyMayCome: true });

const fed = (bytes: readonly number[]): InboundStep => HEADER.feed(Uint8Array.from([7, ...bytes]), 1, bytes.length + 1);
const line = (text: string): number[] => [...Buffer.from(`${text}\r\n`, 'latin1')];
const ip = (text: string): number[] => [...(parseIp(text) as Uint8Array)];
const port = (number: number): number[] => [number >> 8, number & 255];

const SIGNATURE = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10];
const [LOCAL, PROXY] = [0x20, 0x21];
const [TCP4, UDP4, TCP6, UDP6, UNIX, UNIX_DATAGRAM] = [0x11, 0x12, 0x21, 0x22, 0x31, 0x32];

const binary = (command: number, family: number, ...rest: readonly number[][]): number[] => {
  const all = rest.flat();
  return [...SIGNATURE, command, family, ...port(all.length), ...all];
};
const FOUR = [...ip('192.0.2.1'), ...ip('192.0.2.2'), ...port(5678), ...port(1080)];
const SIX = [...ip('2001:db8::1'), ...ip('2001:db8::2'), ...port(5678), ...port(1080)];
const MAPPED = [...Array(10).fill(0), 0xff, 0xff, ...ip('192.0.2.1')];
const PATHS = Array.from({ length: 216 }, (_, at) => at);
const value = (type: number, bytes: readonly number[]): number[] => [type, ...port(bytes.length), ...bytes];

/** A header with its checksum at the end, `wrong` by so much. */
function checked(wrong = 0, ...values: readonly number[][]): number[] {
  const header = binary(PROXY, TCP4, FOUR, ...values, value(3, [0, 0, 0, 0]));
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc32c(Uint8Array.from(header)) + wrong) % 2 ** 32);
  return [...header.slice(0, -4), ...sum];
}

/** A header with a checksum of AWS's Network Load Balancer, from its developers' tests. */
const AWS = [
  ...Buffer.from('0d0a0d0a000d0a515549540a21110054ac1f0771ac1f0a1fc8f20050030004e8d6892dea00170176', 'hex'),
  ...Buffer.from('7063652d3038643262663135666163353030316339', 'hex'),
  ...value(4, Array(36).fill(0)),
];

const CLIENT = '192.0.2.1:5678';
const HEADERS: readonly [string, readonly number[], string | undefined][] = [
  ['version 1, TCP over IPv4', line('PROXY TCP4 192.0.2.1 192.0.2.2 5678 1080'), CLIENT],
  [
    'version 1, the longest over IPv4',
    line('PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535'),
    '255.255.255.255:65535',
  ],
  ['version 1, TCP over IPv6', line('PROXY TCP6 2001:DB8::1 ::1 0 65535'), '2001:db8::1:0'],
  [
    'version 1, the longest over IPv6',
    line(`PROXY TCP6 ${Array(8).fill('ffff').join(':')} ${Array(8).fill('ffff').join(':')} 65535 65535`),
    `${Array(8).fill('ffff').join(':')}:65535`,
  ],
  ['version 1, IPv4 mapped into IPv6', line('PROXY TCP6 ::ffff:192.0.2.1 ::ffff:192.0.2.2 5678 1080'), CLIENT],
  ['version 1, unknown', line('PROXY UNKNOWN'), undefined],
  ['version 1, unknown with something behind it', line(`PROXY UNKNOWN ${'\xff'.repeat(91)}`), undefined],
  ['version 2, TCP over IPv4', binary(PROXY, TCP4, FOUR), CLIENT],
  ['version 2, TCP over IPv6', binary(PROXY, TCP6, SIX), '2001:db8::1:5678'],
  ['version 2, IPv4 mapped into IPv6', binary(PROXY, TCP6, MAPPED, MAPPED, port(5678), port(1080)), CLIENT],
  ['version 2, UDP over IPv4', binary(PROXY, UDP4, FOUR), undefined],
  ['version 2, UDP over IPv6', binary(PROXY, UDP6, SIX), undefined],
  ['version 2, a Unix stream', binary(PROXY, UNIX, PATHS), undefined],
  ['version 2, a Unix datagram', binary(PROXY, UNIX_DATAGRAM, PATHS, value(4, [])), undefined],
  ['version 2, unspecified', binary(PROXY, 0), undefined],
  ['version 2, unspecified with something behind it', binary(PROXY, 0, [1, 2, 3]), undefined],
  ['version 2, an unspecified transport', binary(PROXY, 0x10, [1]), undefined],
  ['version 2, local', binary(LOCAL, 0), undefined],
  ['version 2, local with something behind it', binary(LOCAL, 0xff, [3, 0, 9, 9]), undefined],
  ['version 2, values behind the address', binary(PROXY, TCP4, FOUR, value(4, []), value(0xe0, PATHS)), CLIENT],
  ['version 2, the longest', binary(PROXY, TCP4, FOUR, value(4, Array(4096 - 16 - 12 - 3).fill(9))), CLIENT],
  ['version 2, a checksum', checked(), CLIENT],
  ['version 2, a checksum behind other values', checked(0, value(0x20, [1, 2, 3]), value(4, [])), CLIENT],
  ['version 2, a checksum of another program', AWS, '172.31.7.113:51442'],
];

for (const [what, bytes, client] of HEADERS) {
  test(`${what}: incomplete at every split, and then the next protocol with the client's address`, () => {
    for (let size = 0; size < bytes.length; size += 1) {
      assert.deepEqual(fed(bytes.slice(0, size)), { kind: 'incomplete' }, `${size} bytes`);
    }
    for (const rest of [[], [5, 1, 0], [13, 10]]) {
      const step = fed([...bytes, ...rest]);
      assert.ok(step.kind === 'proceed');
      assert.deepEqual([step.size, step.answer, step.next], [bytes.length, undefined, BEHIND]);
      assert.equal(step.client === undefined ? undefined : `${formatIp(step.client.ip)}:${step.client.port}`, client);
    }
  });
}

/** The first bytes that are wrong come last. */
const MISSING: readonly [string, readonly number[]][] = [
  ['SOCKS5', [5]],
  ['HTTP', [...Buffer.from('G')]],
  ['a method with the same beginning', [...Buffer.from('PRI')]],
  ['a word with the same beginning', [...Buffer.from('PROXYS')]],
  ['another signature', [...SIGNATURE.slice(0, 11), 11]],
];
const MALFORMED: readonly [string, readonly number[]][] = [
  ['a line without a family', line('PROXY ')],
  ['an unknown family', line('PROXY UDP4 192.0.2.1 192.0.2.2 5678 1080')],
  ['a family in small letters', line('PROXY tcp4 192.0.2.1 192.0.2.2 5678 1080')],
  ['a word that begins as UNKNOWN', line('PROXY UNKNOWNS')],
  ['two spaces', line('PROXY TCP4  192.0.2.1 192.0.2.2 5678 1080')],
  ['a space at the end', line('PROXY TCP4 192.0.2.1 192.0.2.2 5678 1080 ')],
  ['a tabulator', line('PROXY TCP4\t192.0.2.1 192.0.2.2 5678 1080')],
  ['one port', line('PROXY TCP4 192.0.2.1 192.0.2.2 5678')],
  ['three ports', line('PROXY TCP4 192.0.2.1 192.0.2.2 5678 1080 1')],
  ['a leading zero in an address', line('PROXY TCP4 192.0.02.1 192.0.2.2 5678 1080')],
  ['a short address', line('PROXY TCP4 192.0.2 192.0.2.2 5678 1080')],
  ['a number too large in an address', line('PROXY TCP4 256.0.2.1 192.0.2.2 5678 1080')],
  ['a wrong destination', line('PROXY TCP4 192.0.2.1 x 5678 1080')],
  ['a name', line('PROXY TCP4 a.test 192.0.2.2 5678 1080')],
  ['an IPv6 address in TCP4', line('PROXY TCP4 ::1 192.0.2.2 5678 1080')],
  ['an IPv4 address in TCP6', line('PROXY TCP6 ::1 192.0.2.2 5678 1080')],
  ['two double colons', line('PROXY TCP6 1::2::3 ::1 5678 1080')],
  ['a leading zero in a port', line('PROXY TCP4 192.0.2.1 192.0.2.2 05678 1080')],
  ['a port too large', line('PROXY TCP4 192.0.2.1 192.0.2.2 65536 1080')],
  ['a signed port', line('PROXY TCP4 192.0.2.1 192.0.2.2 +5 1080')],
  ['a line feed alone', [...Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 5678 1080\n')]],
  ['a carriage return alone', [...Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 5678 1080\r ')]],
  ['a line without an end', [...Buffer.from('PROXY UNKNOWN '.padEnd(107, 'x'))]],
  ['a line that ends too late', line('PROXY UNKNOWN '.padEnd(106, 'x')).slice(0, 107)],
  ['version 1 of the signature', [...SIGNATURE, 0x11, TCP4, 0, 12]],
  ['version 3 of the signature', [...SIGNATURE, 0x31, TCP4, 0, 12]],
  ['an unknown command', [...SIGNATURE, 0x22, TCP4, 0, 12]],
  ['more than 4096 bytes', [...SIGNATURE, PROXY, TCP4, ...port(4096 - 16 + 1)]],
  ['more than 4096 bytes of a local header', [...SIGNATURE, LOCAL, 0, 0xff, 0xff]],
  ['an unknown family', binary(PROXY, 0x41, FOUR)],
  ['an unknown transport', binary(PROXY, 0x13, FOUR)],
  ['half an address', binary(PROXY, TCP4, FOUR.slice(0, 11))],
  ['half an IPv6 address', binary(PROXY, TCP6, FOUR)],
  ['half a path', binary(PROXY, UNIX, PATHS.slice(1))],
  ['half the head of a value', binary(PROXY, TCP4, FOUR, [4, 0])],
  ['a value that is longer than the header', binary(PROXY, TCP4, FOUR, [4, 0, 2, 1])],
  ['a checksum of three bytes', binary(PROXY, TCP4, FOUR, value(3, [1, 2, 3]))],
  ['a wrong checksum', checked(1)],
  ['two checksums', [...binary(PROXY, TCP4, FOUR, value(3, [0, 0, 0, 0]), value(3, [0, 0, 0, 0]))]],
];

for (const [mistake, all] of [
  [/^does not begin with a PROXY header, which proxy_protocol wants/, MISSING],
  [/^sends a malformed PROXY header$/, MALFORMED],
] as const) {
  for (const [what, bytes] of all) {
    test(`${what}: refused at once, without an answer`, () => {
      const step = fed(bytes);
      assert.ok(step.kind === 'refused', step.kind);
      assert.deepEqual([step.answer, step.ending], [undefined, 'bad-proxy-header']);
      assert.match(step.misfit?.sentence ?? '', mistake);
      assert.equal(fed(bytes.slice(0, -1)).kind, 'incomplete');
    });
  }
}

test('a bit that is wrong anywhere in a header with a checksum is found', () => {
  const header = checked(0, value(0x20, [1, 2, 3]));
  // The length and the signature would make it another header.
  for (let at = 16; at < header.length; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const wrong = header.with(at, header[at] ^ (1 << bit));
      const step = fed(wrong);
      const hidesChecksum = at === header.length - 7;
      if (!hidesChecksum) assert.equal(step.kind, 'refused', `bit ${bit} of byte ${at}`);
    }
  }
});

test('what is written by the specification is read back at every split, with any values', () => {
  const octets = (size: number) => fc.array(fc.nat(255), { minLength: size, maxLength: size });
  const any = fc.tuple(fc.integer({ min: 4, max: 255 }), fc.array(fc.nat(255), { maxLength: 40 }));
  const values = fc.array(any, { maxLength: 5 });
  fc.assert(
    fc.property(fc.constantFrom(4, 16), octets(16), octets(16), octets(4), values, (size, from, to, ports, more) => {
      // Not one that is mapped, which would be read as IPv4.
      const source = size === 16 ? [0x20, ...from.slice(1)] : from.slice(0, 4);
      const header = binary(
        PROXY,
        size === 4 ? TCP4 : TCP6,
        [...source, ...to.slice(0, size), ...ports],
        ...more.map(([type, content]) => value(type, content)),
      );
      for (let end = 0; end < header.length; end += 1) assert.equal(fed(header.slice(0, end)).kind, 'incomplete');
      const step = fed([...header, 5]);
      assert.ok(step.kind === 'proceed' && step.size === header.length);
      assert.deepEqual([...(step.client?.ip ?? [])], source);
      assert.equal(step.client?.port, ports[0] * 256 + ports[1]);
    }),
    { numRuns: 300 },
  );
});

test('a client that may not come is refused, and so is one that is not told of, unless the proxy itself may come', () => {
  const mayCome = ({ ip: [first], port: from }: ClientAddress): boolean => first === 192 && from === 5678;
  const ends = (bytes: readonly number[], proxyMayCome: boolean) => {
    const step = afterProxyHeader(BEHIND, { mayCome, proxyMayCome }).feed(Uint8Array.from(bytes), 0, bytes.length);
    if (step.kind !== 'refused') return step.kind;
    assert.deepEqual([step.answer, step.ending], [undefined, 'not-allowed']);
    return step.misfit?.what ?? 'quietly';
  };
  for (const proxyMayCome of [false, true]) {
    assert.equal(ends(line('PROXY TCP4 192.0.2.1 192.0.2.2 5678 1080'), proxyMayCome), 'proceed');
    assert.equal(ends(binary(PROXY, TCP6, SIX), proxyMayCome), 'client behind a proxy');
    for (const untold of [
      line('PROXY UNKNOWN'),
      line('PROXY UNKNOWN 192.0.2.1 192.0.2.2 5678 1080'),
      binary(LOCAL, 0),
      binary(LOCAL, TCP4, FOUR),
      binary(PROXY, 0),
      binary(PROXY, UDP4, FOUR),
      binary(PROXY, UNIX, PATHS),
    ]) {
      assert.equal(ends(untold, proxyMayCome), proxyMayCome ? 'proceed' : 'quietly');
    }
  }
});

test('the checksum is CRC32c', () => {
  // RFC 3720 appendix B.4.
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e);
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
});

test('no bytes make it throw, take more than there is, or wait for more than the longest header', () => {
  const beginning = fc.constantFrom([], [...Buffer.from('PROXY TCP4 ')], SIGNATURE, [...SIGNATURE, PROXY, TCP4, 0, 30]);
  fc.assert(
    fc.property(beginning, fc.uint8Array({ maxLength: 5000 }), (begun, noise) => {
      const bytes = [...begun, ...noise];
      const step = fed(bytes);
      if (step.kind === 'proceed') assert.ok(step.size <= bytes.length);
      if (step.kind === 'incomplete') assert.ok(bytes.length < (bytes[0] === 13 ? 4096 : 107));
    }),
    { numRuns: 5000 },
  );
});
