// How a question is written and what an answer carries: mixed case, with and without EDNS; and any number of broken
// messages, which are neither believed nor thrown at: a tenth of them without TCPROUTE_TEST_FULL.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import dnsPacket, { type Answer } from 'dns-packet';
import fc from 'fast-check';
import { carriesEdns, encodeQuery, judgeAnswer, mixCase, type Question } from '../../src/protocol/dns/message.js';
import { mutationRuns } from '../helpers/mutation-runs.js';

const ID = 0x1234;
const QUESTION: Question = { name: 'www.a-1.test', type: 'A' };
const OPT: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: 1232,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};
const PACKETS = mutationRuns(100_000);

function answer(name: string, more: Partial<dnsPacket.Packet> = {}): Buffer {
  const answers: Answer[] = [
    { type: 'CNAME', name, ttl: 60, data: 'b.test' },
    { type: 'A', name: 'b.test', ttl: 60, data: '192.0.2.1' },
    { type: 'TXT', name: 'b.test', ttl: 60, data: 'text' },
  ];
  const additionals = [OPT];
  return dnsPacket.encode({
    type: 'response',
    id: ID,
    questions: [{ name, type: 'A' }],
    answers,
    additionals,
    ...more,
  });
}

test('each letter has a bit of its own, and nothing else changes', () => {
  assert.equal(mixCase('www.a-1.test', new Uint8Array(2)), 'www.a-1.test');
  assert.equal(mixCase('www.a-1.test', new Uint8Array([0xff, 0xff])), 'WWW.A-1.TEST');
  assert.equal(mixCase('abcdefghij', new Uint8Array([0b0000_0101, 0b10])), 'AbCdefghiJ');
  assert.equal(mixCase('abc', new Uint8Array(0)), 'abc');
});

test('a question in mixed case wants its answer in the same', () => {
  const spelling = 'wWw.A-1.tEst';
  const asked = dnsPacket.decode(Buffer.from(encodeQuery(QUESTION, ID, { spelling, edns: false })));
  assert.deepEqual([asked.questions?.[0]?.name, asked.additionals], [spelling, []]);
  assert.equal(judgeAnswer(answer(spelling), QUESTION, ID, spelling).kind, 'addresses');
  assert.deepEqual(judgeAnswer(answer(QUESTION.name), QUESTION, ID, spelling), { kind: 'invalid', code: 'wrong-case' });
  assert.equal(judgeAnswer(answer(spelling), QUESTION, ID).kind, 'addresses');
});

test('the EDNS option is found wherever it stands', () => {
  assert.equal(carriesEdns(answer('www.a-1.test')), true);
  assert.equal(carriesEdns(answer('www.a-1.test', { additionals: [] })), false);
  const glue: Answer = { type: 'A', name: 'ns.test', ttl: 1, data: '192.0.2.2' };
  assert.equal(carriesEdns(answer('a.test', { authorities: [glue], additionals: [glue, OPT] })), true);
  assert.equal(carriesEdns(answer('a.test', { answers: [], questions: [], additionals: [] })), false);
});

test(`${PACKETS} mutated messages are judged without a throw, and only by their own content`, () => {
  const messages = [
    answer('www.a-1.test'),
    answer('www.a-1.test', { authorities: [{ type: 'SOA', name: 'test', ttl: 9, data: { mname: 'a', rname: 'b' } }] }),
    answer('www.a-1.test', { answers: [], flags: 3 }),
  ];
  const change = fc.record({ at: fc.nat({ max: 200 }), to: fc.nat({ max: 255 }) });
  const mutated = fc
    .record({
      message: fc.constantFrom(...messages),
      changes: fc.array(change, { minLength: 1, maxLength: 8 }),
      cut: fc.option(fc.nat({ max: 200 })),
      more: fc.uint8Array({ maxLength: 16 }),
    })
    .map(({ message, changes, cut, more }) => {
      const bytes = Buffer.concat([message.subarray(0, cut ?? message.length), more]);
      // Behind the id, which would only make them all invalid.
      for (const { at, to } of changes) if (bytes.length > 2) bytes[2 + (at % (bytes.length - 2))] = to;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: mutated }, { weight: 1, arbitrary: fc.uint8Array() }), (bytes) => {
      const judged = judgeAnswer(bytes, QUESTION, ID, QUESTION.name);
      if (judged.kind === 'invalid') return;
      carriesEdns(bytes);
      if (judged.kind === 'addresses') {
        assert.ok(judged.addresses.length > 0 && judged.addresses.length <= 64);
        assert.ok(judged.ttl_s >= 0 && judged.ttl_s < 2 ** 31);
      }
    }),
    { numRuns: PACKETS },
  );
});
