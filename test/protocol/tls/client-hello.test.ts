// ClientHellos out of literal and built bytes: every split point, every fragmentation, the bound, broken and hostile ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HELLO_SIZE_MAX, readClientHello, serverNameOf } from '../../../src/protocol/tls/client-hello.js';
import { canBeginTls } from '../../../src/protocol/tls/record.js';
import { clientHello, inRecords } from '../../helpers/client-hello.js';
import { mutationRuns } from '../../helpers/mutation-runs.js';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const read = (bytes: Uint8Array, end = bytes.length) => readClientHello(bytes, 0, end);
const invalid = (code: string) => ({ kind: 'invalid', code });
const INCOMPLETE = { kind: 'incomplete' };
const message = (size: number, earlyData = false, pskOffered = false) => ({
  kind: 'message',
  value: { earlyData, pskOffered },
  size,
});

/** The first ClientHello of RFC 8448 section 3, for "server". */
const RFC_8448 = hex(`16 03 01 00 c4 01 00 00 c0 03 03
  cb 34 ec b1 e7 81 63 ba 1c 38 c6 da cb 19 6a 6d ff a2 1a 8d 99 12 ec 18 a2 ef 62 83 02 4d ec e7
  00  00 06 13 01 13 03 13 02  01 00  00 91
  00 00 00 0b 00 09 00 00 06 73 65 72 76 65 72
  ff 01 00 01 00
  00 0a 00 14 00 12 00 1d 00 17 00 18 00 19 01 00 01 01 01 02 01 03 01 04
  00 23 00 00
  00 33 00 26 00 24 00 1d 00 20 99 38 1d e5 60 e4 bd 43 d2 3d 8e 43 5a 7d ba fe b3 c0 6e 51 c1 3c ae 4d 54 13 69 1e
        52 9a af 2c
  00 2b 00 03 02 03 04
  00 0d 00 20 00 1e 04 03 05 03 06 03 02 03 08 04 08 05 08 06 04 01 05 01 06 01 02 01 04 02 05 02 06 02 02 02
  00 2d 00 02 01 01
  00 1c 00 02 40 01`);

/** The least that there can be: SSL 3.0, one cipher suite, no extensions. */
const SSL3 = hex(`16 03 00 00 2d 01 00 00 29 03 00 ${'ab'.repeat(32)} 00 00 02 00 2f 01 00`);

const EARLY = clientHello({ serverName: 'Early.Test.', earlyData: true });
const RESUMES = clientHello({ psk: true });
const RESUMES_EARLY = clientHello({ earlyData: true, psk: true, recordVersion: 0x0303 });

const HELLOS: readonly [string, Uint8Array, ReturnType<typeof message>, string | undefined][] = [
  ['of RFC 8448', RFC_8448, message(201), 'server'],
  ['of SSL 3.0', SSL3, message(50), undefined],
  ['with early data', EARLY, message(EARLY.length, true), 'early.test'],
  ['that resumes', RESUMES, message(RESUMES.length, false, true), undefined],
  ['that resumes with early data', RESUMES_EARLY, message(RESUMES_EARLY.length, true, true), undefined],
];

for (const [what, bytes, whole, name] of HELLOS) {
  test(`a hello ${what} is incomplete at every split and then whole, with or without more behind it`, () => {
    for (let end = 0; end < bytes.length; end += 1) assert.deepEqual(read(bytes, end), INCOMPLETE, `${end} bytes`);
    assert.deepEqual(read(bytes), whole);
    assert.equal(serverNameOf(bytes, 0, bytes.length), name);
    for (const more of [[0], [22, 3, 3, 0, 1, 1], [23, 3, 3, 0, 5, 1, 2, 3, 4, 5], [...bytes]]) {
      const longer = Uint8Array.from([...bytes, ...more]);
      assert.deepEqual(read(longer), whole);
      assert.equal(serverNameOf(longer, 0, longer.length), name);
    }
  });

  test(`a hello ${what} is the same in records of any size, at every split`, () => {
    const content = bytes.subarray(5);
    for (let recordSize = 1; recordSize <= content.length; recordSize += 1) {
      const records = inRecords(content, recordSize);
      for (let end = 0; end < records.length; end += 1) {
        if (read(records, end).kind !== 'incomplete') assert.fail(`records of ${recordSize}, ${end} bytes`);
      }
      assert.deepEqual(read(records), { ...whole, size: records.length });
      assert.equal(serverNameOf(records, 0, records.length), name);
    }
  });
}

test('a hello is read where it begins, in one record or in many', () => {
  for (const hello of [RFC_8448, inRecords(RFC_8448.subarray(5), 50)]) {
    const bytes = Uint8Array.from([22, 3, ...hello, 9, 9]);
    assert.deepEqual(readClientHello(bytes, 2, bytes.length), message(hello.length));
    assert.deepEqual(readClientHello(bytes, 2, 2 + hello.length - 1), INCOMPLETE);
    assert.equal(serverNameOf(bytes, 2, bytes.length), 'server');
  }
});

test('two fragmented hellos do not mix', () => {
  const long = clientHello({ serverName: 'a-long-name-comes-first.test', earlyData: true, recordSize: 7 });
  const short = inRecords(SSL3.subarray(5), 7);
  assert.deepEqual(read(long), message(long.length, true));
  assert.deepEqual(read(short), message(short.length));
  assert.equal(serverNameOf(short, 0, short.length), undefined);
  assert.equal(serverNameOf(long, 0, long.length), 'a-long-name-comes-first.test');
});

test('a hello with a post-quantum key share is whole with the last of its segments only', () => {
  const bytes = clientHello({ serverName: 'pq.test', keyShare: 1216, padding: 700 });
  assert.ok(bytes.length > 2000);
  for (const [hello, segment] of [
    [bytes, 1460],
    [bytes, 536],
    [inRecords(bytes.subarray(5), 512), 1460],
  ] as const) {
    for (let end = segment; end < hello.length; end += segment) assert.deepEqual(read(hello, end), INCOMPLETE);
    assert.deepEqual(read(hello), message(hello.length));
    assert.equal(serverNameOf(hello, 0, hello.length), 'pq.test');
  }
});

test('what cannot begin a hello is told from the byte that shows it', () => {
  assert.deepEqual([0, 21, 22, 23, 0x47, 0x80].map(canBeginTls), [false, false, true, false, false, false]);
  const cases: readonly [string, number[], string][] = [
    ['HTTP', [0x47], 'not-client-hello'],
    ["SSLv2's hello", [0x80], 'not-client-hello'],
    ['an alert', [21], 'not-client-hello'],
    ['a major version of 2', [22, 2], 'not-client-hello'],
    ['a record of 16 KiB or more', [22, 3, 1, 0x40], 'too-long'],
    ['an empty record', [22, 3, 1, 0, 0], 'not-client-hello'],
    ['a record that passes the bound with its header', [22, 3, 1, 0x3f, 0xfc], 'too-long'],
    ['a ServerHello', [22, 3, 1, 0, 80, 2], 'not-client-hello'],
    ['a message of 64 KiB', [22, 3, 1, 0, 80, 1, 1], 'too-long'],
    ['a message of 16 KiB', [22, 3, 1, 0, 80, 1, 0, 0x40, 0], 'too-long'],
    ['a message shorter than any', [22, 3, 1, 0, 80, 1, 0, 0, 40], 'malformed'],
    ['a record with more behind the message', [22, 3, 1, 0, 80, 1, 0, 0, 60], 'not-alone'],
    ['application data within the message', [22, 3, 1, 0, 1, 1, 23], 'malformed'],
    ['another major version within the message', [22, 3, 1, 0, 1, 1, 22, 4], 'malformed'],
    ['an empty record within the message', [22, 3, 1, 0, 1, 1, 22, 3, 1, 0, 0], 'malformed'],
    ['a second record with more behind the message', [22, 3, 1, 0, 4, 1, 0, 0, 60, 22, 3, 1, 0, 61], 'not-alone'],
  ];
  for (const [what, bytes, code] of cases) {
    const longer = Uint8Array.from([...bytes, ...Array(300).fill(1)]);
    for (let end = 0; end < bytes.length; end += 1) assert.deepEqual(read(longer, end), INCOMPLETE, `${what}, ${end}`);
    for (let end = bytes.length; end < longer.length; end += 1) {
      assert.deepEqual(read(longer, end), invalid(code), `${what}, ${end}`);
    }
    assert.equal(serverNameOf(longer, 0, longer.length), undefined);
  }
});

test('a hello of 16 KiB is the longest that is read, its record headers included', () => {
  const empty = clientHello({ padding: 0 }).length;
  const longest = clientHello({ padding: HELLO_SIZE_MAX - empty });
  assert.equal(longest.length, 16_384);
  assert.deepEqual(read(longest), message(16_384));
  assert.deepEqual(read(longest, 16_383), INCOMPLETE);
  assert.deepEqual(read(clientHello({ padding: HELLO_SIZE_MAX - empty + 1 }), 5), invalid('too-long'));

  // In two records the second header counts too, and is counted before it comes.
  const two = inRecords(clientHello({ padding: HELLO_SIZE_MAX - empty - 5 }).subarray(5), 10_000);
  assert.deepEqual(read(two), message(16_384));
  assert.deepEqual(read(two, 9), INCOMPLETE);
  const over = inRecords(clientHello({ padding: HELLO_SIZE_MAX - empty - 4 }).subarray(5), 10_000);
  assert.deepEqual(read(over, 8), INCOMPLETE);
  assert.deepEqual(read(over, 9), invalid('too-long'));

  // Records of one byte take six: 2730 of them fit. That more will come shows late, for the rest might come in one.
  const content = (size: number) => clientHello({ padding: size - (empty - 5) }).subarray(5);
  const ones = inRecords(content(2730), 1);
  assert.equal(ones.length, 16_380);
  assert.deepEqual(read(ones), message(16_380));
  const more = inRecords(content(2731), 1);
  assert.deepEqual(read(more, 16_380), invalid('too-long'));
  for (let end = 0; end <= more.length; end += 1) {
    const { kind } = read(more, end);
    assert.ok(kind === 'invalid' || (kind === 'incomplete' && end < HELLO_SIZE_MAX), `${end}: ${kind}`);
  }
});

/** RFC_8448 with some bytes replaced; offsets count from the record's first byte. */
function altered(changes: Readonly<Record<number, number>>, source = RFC_8448): Uint8Array {
  const bytes = source.slice();
  for (const [at, value] of Object.entries(changes)) bytes[Number(at)] = value;
  return bytes;
}

test('lengths that contradict each other are malformed, once the message is whole', () => {
  const cases: readonly [string, Uint8Array][] = [
    ['a session identifier longer than 32', altered({ 43: 33 })],
    ['a session identifier past the end', altered({ 43: 32 }, SSL3)],
    ['no cipher suite', altered({ 45: 0 })],
    ['a session identifier up to the end', altered({ 43: 6 }, SSL3)],
    ['a session identifier up to one byte before the end', altered({ 43: 5 }, SSL3)],
    ['cipher suites up to the end', altered({ 45: 4 }, SSL3)],
    ['half a cipher suite', altered({ 45: 5 })],
    ['cipher suites past the end', altered({ 44: 1 })],
    ['no compression method', altered({ 52: 0 })],
    ['compression methods past the end', altered({ 52: 200 })],
    ['extensions shorter than the rest', altered({ 55: 0x90 })],
    ['extensions longer than the rest', altered({ 55: 0x92 })],
    ['an extension past the end', altered({ 59: 0x8e })],
    ['half an extension header at the end', altered({ 200: 0, 198: 1 })],
    [
      'one byte where a list of extensions should be',
      hex(`16 03 01 00 2e 01 00 00 2a ${'03'.repeat(34)} 00 0002 002f 0100 00`),
    ],
  ];
  for (const [what, bytes] of cases) {
    for (let end = 0; end < bytes.length; end += 1) assert.deepEqual(read(bytes, end), INCOMPLETE, `${what}, ${end}`);
    assert.deepEqual(read(bytes), invalid('malformed'), what);
    assert.equal(serverNameOf(bytes, 0, bytes.length), undefined, what);
    const records = inRecords(bytes.subarray(5), 11);
    assert.deepEqual(read(records), invalid('malformed'), `${what}, in many records`);
  }
});

test('an empty list of extensions is one, and what they hold is not judged', () => {
  const empty = hex(`16 03 01 00 2f 01 00 00 2b ${'7f'.repeat(34)} 00 0002 002f 0100 0000`);
  assert.deepEqual(read(empty), message(52));
  assert.equal(serverNameOf(empty, 0, empty.length), undefined);
  // Noise in place of the contents of supported_groups, of a GREASE type.
  assert.deepEqual(read(altered({ 71: 0xda, 72: 0xda, 80: 0xff, 81: 0xff })), message(201));
});

test('a server name is given only if it can be one', () => {
  const name = (serverName: string) => {
    const bytes = clientHello({ serverName });
    assert.deepEqual(read(bytes), message(bytes.length));
    return serverNameOf(bytes, 0, bytes.length);
  };
  assert.equal(name('WWW.Example.COM'), 'www.example.com');
  assert.equal(name('xn--bcher-kva.example'), 'xn--bcher-kva.example');
  for (const none of ['', '.', '192.0.2.1', 'a b', 'a\0b', 'bücher.example', 'a'.repeat(64), 'a.'.repeat(150)]) {
    assert.equal(name(none), undefined, JSON.stringify(none));
  }
  // The list, the type and the name's length in turn contradict the extension: no name, yet a hello all the same.
  for (const changes of [{ 61: 8 }, { 61: 10 }, { 62: 1 }, { 64: 7 }, { 63: 1 }]) {
    const bytes = altered(changes);
    assert.deepEqual(read(bytes), message(201));
    assert.equal(serverNameOf(bytes, 0, bytes.length), undefined);
  }
});

const SEEDS = [
  ...HELLOS.map(([, bytes]) => bytes),
  inRecords(RFC_8448.subarray(5), 60),
  inRecords(SSL3.subarray(5), 1),
  clientHello({ serverName: 'a.test', psk: true, earlyData: true, recordSize: 3 }),
];

/** Where lengths and types are, mutations tell most: half of them strike the first 64 bytes. */
const place = fc.oneof(fc.nat({ max: 63 }), fc.nat({ max: 400 }));
const octet = fc.oneof(fc.constantFrom(0, 1, 3, 22, 32, 41, 42, 64, 255), fc.nat({ max: 255 }));
const mutation = fc.tuple(fc.constantFrom('set', 'set', 'insert', 'delete', 'repeat'), place, octet);
const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });

function mutated(seed: Uint8Array, changes: readonly (readonly [string, number, number])[]): Uint8Array {
  const bytes = [...seed];
  for (const [how, at, value] of changes) {
    const index = at % bytes.length;
    if (how === 'set') bytes[index] = value;
    else if (how === 'insert') bytes.splice(index, 0, value);
    else if (how === 'delete') bytes.splice(index, Math.min(1 + (value % 8), bytes.length - 1));
    else bytes.push(...bytes.slice(index, index + value));
  }
  return Uint8Array.from(bytes);
}

/** Throws where any byte outside of the range is read. */
function guarded(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Proxy(bytes, {
    get: (_target, key) => {
      const at = Number(key);
      if (!(at >= start && at < end)) throw new Error(`read ${String(key)} outside of ${start} to ${end}`);
      return bytes[at];
    },
  });
}

function assertConsistent(short: ReturnType<typeof read>, long: ReturnType<typeof read>): void {
  if (short.kind !== 'incomplete') assert.deepEqual(long, short);
}

test('no mutation of a hello makes it throw, read out of bounds, claim too much or change its mind', () => {
  const numRuns = mutationRuns(100_000);
  const kinds = { incomplete: 0, message: 0, invalid: 0 };
  fc.assert(
    fc.property(fc.constantFrom(...SEEDS), mutations, fc.nat(), fc.nat({ max: 9 }), (seed, changes, cut, start) => {
      const bytes = Uint8Array.from([...Array(start).fill(22), ...mutated(seed, changes)]);
      const size = bytes.length - start;
      const whole = readClientHello(guarded(bytes, start, bytes.length), start, bytes.length);
      serverNameOf(guarded(bytes, start, bytes.length), start, bytes.length);
      kinds[whole.kind] += 1;
      if (whole.kind === 'message') assert.ok(whole.size <= size && whole.size >= 50);
      if (whole.kind === 'incomplete') assert.ok(size < HELLO_SIZE_MAX);
      const end = start + (cut % (size + 1));
      assertConsistent(readClientHello(guarded(bytes, start, end), start, end), whole);
    }),
    { numRuns },
  );
  const least = Math.min(...Object.values(kinds));
  assert.ok(least > numRuns / 100, JSON.stringify(kinds));
});

test('of a mutated hello no prefix contradicts a longer one', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SEEDS), mutations, (seed, changes) => {
      const bytes = mutated(seed, changes);
      let before = read(bytes, 0);
      for (let end = 1; end <= bytes.length; end += 1) {
        const now = read(bytes, end);
        assertConsistent(before, now);
        before = now;
      }
    }),
    { numRuns: 2000 },
  );
});

test('noise is never taken for a whole hello, and never waited on beyond the bound', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.boolean(), (noise, plausible) => {
      const bytes = plausible ? Uint8Array.from([22, 3, 1, ...noise]) : noise;
      assert.notEqual(readClientHello(guarded(bytes, 0, bytes.length), 0, bytes.length).kind, 'message');
    }),
    { numRuns: 5000 },
  );
});
