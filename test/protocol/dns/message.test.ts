import assert from 'node:assert/strict';
import { isIPv4, SocketAddress } from 'node:net';
import { test } from 'node:test';
import dnsPacket, { type Answer } from 'dns-packet';
import fc from 'fast-check';
import { encodeQuery, judgeAnswer, type Question } from '../../../src/protocol/dns/message.js';
import { mutationRuns } from '../../helpers/mutation-runs.js';

const ID = 0x1234;
const A: Question = { name: 'a.test', type: 'A' };
const AAAA: Question = { name: 'a.test', type: 'AAAA' };
/** `a.test` on the wire. */
const NAME = '0161 0474657374 00';
const QUESTION = `${NAME} 0001 0001`;

function hex(text: string): Buffer {
  return Buffer.from(text.replace(/\s/g, ''), 'hex');
}

function canonicalIpv6(address: string): string {
  return new SocketAddress({ address, family: 'ipv6' }).address;
}

function answer(records: Answer[], more: Partial<dnsPacket.Packet> = {}, name = 'a.test'): Buffer {
  const questions = [{ name, type: 'A' as const }];
  return dnsPacket.encode({ type: 'response', id: ID, questions, answers: records, ...more });
}

test('a query asks one question, with recursion and EDNS0 of 1232 octets', () => {
  assert.deepEqual(
    Buffer.from(encodeQuery(A, ID)),
    hex(`1234 0100 0001 0000 0000 0001 ${QUESTION} 00 0029 04d0 00000000 0000`),
  );
  assert.deepEqual(
    Buffer.from(encodeQuery(AAAA, 1)).subarray(0, 24),
    hex(`0001 0100 0001 0000 0000 0001 ${NAME} 001c 0001`),
  );
});

test('addresses come with the least TTL', () => {
  const bytes = hex(`1234 8180 0001 0002 0000 0000 ${QUESTION}
    c00c 0001 0001 0000012c 0004 c0000201  c00c 0001 0001 0000003c 0004 c0000202`);
  assert.deepEqual(judgeAnswer(bytes, A, ID), {
    kind: 'addresses',
    addresses: ['192.0.2.1', '192.0.2.2'],
    ttl_s: 60,
  });
});

test('an IPv6 address', () => {
  const bytes = hex(`1234 8180 0001 0001 0000 0000 ${NAME} 001c 0001
    c00c 001c 0001 0000003c 0010 20010db8000000000000000000000001`);
  assert.deepEqual(judgeAnswer(bytes, AAAA, ID), { kind: 'addresses', addresses: ['2001:db8::1'], ttl_s: 60 });
});

test('the question may come back in any case', () => {
  const bytes = hex('1234 8180 0001 0001 0000 0000 0141 0454657354 00 0001 0001 c00c 0001 0001 0000003c 0004 c0000201');
  assert.equal(judgeAnswer(bytes, A, ID).kind, 'addresses');
});

test('nodata and nxdomain last as long as the SOA says: the lesser of its TTL and its minimum', () => {
  for (const [flags, kind] of [
    ['8180', 'nodata'],
    ['8183', 'nxdomain'],
  ] as const) {
    for (const [ttl, minimum] of [
      ['0000012c', '0000001e'],
      ['0000001e', '0000012c'],
    ]) {
      const record = `c00e 0006 0001 ${ttl} 0016 00 00 00000001 00000002 00000003 00000004 ${minimum}`;
      assert.deepEqual(judgeAnswer(hex(`1234 ${flags} 0001 0000 0001 0000 ${QUESTION} ${record}`), A, ID), {
        kind,
        ttl_s: 30,
      });
    }
    assert.deepEqual(judgeAnswer(hex(`1234 ${flags} 0001 0000 0000 0000 ${QUESTION}`), A, ID), {
      kind,
      ttl_s: undefined,
    });
  }
});

test('a server that failed is told by its rcode, with or without the question, extended or not', () => {
  assert.deepEqual(judgeAnswer(hex(`1234 8182 0001 0000 0000 0000 ${QUESTION}`), A, ID), {
    kind: 'server-failure',
    rcode: 2,
  });
  assert.deepEqual(judgeAnswer(hex('1234 8181 0000 0000 0000 0000'), A, ID), { kind: 'server-failure', rcode: 1 });
  const badVersion = hex(`1234 8180 0001 0000 0000 0001 ${QUESTION} 00 0029 04d0 01000000 0000`);
  assert.deepEqual(judgeAnswer(badVersion, A, ID), { kind: 'server-failure', rcode: 16 });
});

test('a truncated answer is told even when it was cut inside a record', () => {
  const bytes = hex(`1234 8380 0001 0005 0000 0000 ${QUESTION} c00c 0001 00`);
  assert.deepEqual(judgeAnswer(bytes, A, ID), { kind: 'truncated' });
});

test('a truncated answer of whole records tells the addresses among them', () => {
  const record = 'c00c 0001 0001 0000003c 0004 c0000201';
  const part = { kind: 'addresses', addresses: ['192.0.2.1'], ttl_s: 60 };
  const whole = `0001 0001 0000 0000 ${QUESTION} ${record}`;
  assert.deepEqual(judgeAnswer(hex(`1234 8380 ${whole}`), A, ID), { kind: 'truncated', part });
  assert.deepEqual(judgeAnswer(hex(`1234 8380 0001 0002 0000 0000 ${QUESTION} ${record}`), A, ID), {
    kind: 'truncated',
  });
  assert.deepEqual(judgeAnswer(hex(`1234 8380 0001 0000 0000 0000 ${QUESTION}`), A, ID), { kind: 'truncated' });
  assert.deepEqual(judgeAnswer(hex(`1234 8382 ${whole}`), A, ID), { kind: 'truncated' });
  const name = hex(`1234 8383 0001 0000 0000 0000 ${QUESTION}`);
  assert.deepEqual(judgeAnswer(name, A, ID), { kind: 'truncated' });
});

test('what does not answer the question is invalid', () => {
  const record = 'c00c 0001 0001 0000003c 0004 c0000201';
  const cases: Record<string, string[]> = {
    'wrong-id': [`1235 8180 0001 0001 0000 0000 ${QUESTION} ${record}`],
    'not-a-response': [
      `1234 0180 0001 0001 0000 0000 ${QUESTION} ${record}`,
      `1234 a180 0001 0001 0000 0000 ${QUESTION} ${record}`,
    ],
    'wrong-question': [
      `1234 8180 0000 0001 0000 0000 ${record}`,
      `1234 8180 0002 0000 0000 0000 ${QUESTION} ${QUESTION}`,
      `1234 8180 0001 0001 0000 0000 0162 0474657374 00 0001 0001 ${record}`,
      `1234 8180 0001 0001 0000 0000 ${NAME} 001c 0001 ${record}`,
      `1234 8180 0001 0001 0000 0000 ${NAME} 0001 0003 ${record}`,
    ],
    malformed: [
      '',
      '1234 8180 0001',
      '1234 8180 0001 0000 0000 0000',
      `1234 8180 0001 0002 0000 0000 ${QUESTION} ${record}`,
      `1234 8180 0001 0001 0000 0000 ${QUESTION} c00c 0001 0001 0000003c 0004 c000`,
      `1234 8180 0001 0001 0000 0000 ${QUESTION} c018 0001 0001 0000003c 0004 c0000201`,
    ],
  };
  for (const [code, texts] of Object.entries(cases)) {
    for (const text of texts) assert.deepEqual(judgeAnswer(hex(text), A, ID), { kind: 'invalid', code }, text);
  }
});

test('an IPv6 address that the end of the message cuts is malformed, not padded', () => {
  const bytes = hex(`1234 8180 0001 0001 0000 0000 ${NAME} 001c 0001 c00c 001c 0001 0000003c 0010 20010db8`);
  assert.deepEqual(judgeAnswer(bytes, AAAA, ID), { kind: 'invalid', code: 'malformed' });
});

test('a CNAME chain is followed in any order and case, and its TTLs count', () => {
  const records: Answer[] = [
    { type: 'A', name: 'C.test', ttl: 300, data: '192.0.2.3' },
    { type: 'CNAME', name: 'b.TEST', ttl: 20, data: 'c.test' },
    { type: 'CNAME', name: 'a.test', ttl: 40, data: 'B.test' },
    { type: 'A', name: 'stranger.test', ttl: 1, data: '203.0.113.66' },
  ];
  assert.deepEqual(judgeAnswer(answer(records), A, ID), { kind: 'addresses', addresses: ['192.0.2.3'], ttl_s: 20 });
  const nowhere = { kind: 'nodata', ttl_s: undefined, isAlias: true };
  assert.deepEqual(judgeAnswer(answer(records.slice(1)), A, ID), nowhere);
});

test('loops and endless chains end', () => {
  const link = (name: string, data: string): Answer => ({ type: 'CNAME', name, ttl: 60, data });
  const loop = { kind: 'invalid', code: 'chain-loop' };
  assert.deepEqual(judgeAnswer(answer([link('a.test', 'a.test')]), A, ID), loop);
  assert.deepEqual(judgeAnswer(answer([link('a.test', 'b.test'), link('b.test', 'a.test')]), A, ID), loop);
  const chain = (length: number): Answer[] => [
    link('a.test', '1.test'),
    ...Array.from({ length: length - 1 }, (_, i) => link(`${i + 1}.test`, `${i + 2}.test`)),
    { type: 'A', name: `${length}.test`, ttl: 60, data: '192.0.2.1' },
  ];
  assert.equal(judgeAnswer(answer(chain(16)), A, ID).kind, 'addresses');
  assert.deepEqual(judgeAnswer(answer(chain(17)), A, ID), { kind: 'invalid', code: 'chain-too-long' });
});

test('records of another class do not count, doubles count once, 64 addresses are enough', () => {
  const other: Answer = { type: 'A', name: 'a.test', ttl: 60, class: 'CH', data: '192.0.2.1' };
  assert.equal(judgeAnswer(answer([other]), A, ID).kind, 'nodata');
  const many = Array.from(
    { length: 1000 },
    (_, i): Answer => ({ type: 'A', name: 'a.test', ttl: 60, data: `198.18.${(i >> 1) & 0xff}.${i & 1}` }),
  );
  const judged = judgeAnswer(answer([...many.slice(0, 2), ...many]), A, ID);
  assert.equal(judged.kind === 'addresses' && judged.addresses.length, 64);
});

test('a TTL with the top bit set counts as zero', () => {
  const bytes = hex(`1234 8180 0001 0001 0000 0000 ${QUESTION} c00c 0001 0001 80000001 0004 c0000201`);
  assert.deepEqual(judgeAnswer(bytes, A, ID), { kind: 'addresses', addresses: ['192.0.2.1'], ttl_s: 0 });
});

test('every prefix of an answer is invalid, and nothing that is mutated throws', () => {
  const soa: Answer = { type: 'SOA', name: 'test', ttl: 60, data: { mname: 'ns.test', rname: 'x.test', minimum: 5 } };
  const opt: Answer = {
    ...{ type: 'OPT', name: '.', udpPayloadSize: 1232, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false },
    options: [],
  };
  const txt: Answer = { type: 'TXT', name: 'a.test', ttl: 5, data: ['text'] };
  const whole = answer(
    [
      { type: 'CNAME', name: 'a.test', ttl: 40, data: 'b.test' },
      { type: 'A', name: 'b.test', ttl: 40, data: '192.0.2.1' },
      txt,
    ],
    { authorities: [soa], additionals: [opt] },
  );
  assert.equal(judgeAnswer(whole, A, ID).kind, 'addresses');
  for (let size = 0; size < whole.length; size += 1) {
    assert.equal(judgeAnswer(whole.subarray(0, size), A, ID).kind, 'invalid', `${size} octets`);
  }
  const kinds = new Set<string>();
  const edit = fc.record({ at: fc.nat(whole.length - 1), to: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 6 }), fc.nat(whole.length), fc.uint8Array(), (edits, size, tail) => {
      const bytes = Buffer.concat([whole.subarray(0, size), size % 2 === 0 ? tail : whole.subarray(size)]);
      // The id stays: all that is interesting lies behind it.
      for (const { at, to } of edits) if (at >= 2 && at < bytes.length) bytes[at] = to;
      const judgement = judgeAnswer(bytes, A, ID);
      kinds.add(judgement.kind);
      if (judgement.kind === 'addresses') assert.ok(judgement.addresses.every(isIPv4), judgement.addresses.join());
    }),
    { numRuns: mutationRuns(20_000) },
  );
  assert.ok(kinds.has('invalid') && kinds.has('addresses') && kinds.size >= 4, [...kinds].join());
});

test('every IPv6 address survives', () => {
  const head = hex(`1234 8180 0001 0001 0000 0000 ${NAME} 001c 0001 c00c 001c 0001 0000003c 0010`);
  const octet = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(octet, { minLength: 16, maxLength: 16 }), (octets) => {
      const judgement = judgeAnswer(Buffer.concat([head, Buffer.from(octets)]), AAAA, ID);
      const groups = Array.from({ length: 8 }, (_, i) => ((octets[2 * i]! << 8) | octets[2 * i + 1]!).toString(16));
      assert.ok(judgement.kind === 'addresses');
      assert.equal(canonicalIpv6(judgement.addresses[0]!), canonicalIpv6(groups.join(':')));
    }),
  );
});

test('random bytes never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      judgeAnswer(bytes, A, bytes.length < 2 ? 0 : (bytes[0]! << 8) | bytes[1]!);
    }),
    { numRuns: 10_000 },
  );
});
