// Flows in a row without an answer: when they speak against a line, when that ends, and that the table is bounded.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Candidate } from '../../../src/protocol/lines/candidate.js';
import { APART_MS, REST_MS, SilentFlows } from '../../../src/protocol/udp/silent-flows.js';

const KEY = 'udp[resolver.test:53]';
const at = (line: number, host = 1): Candidate => ({ line, ip: Uint8Array.of(192, 0, 2, host) });
const [ONE, TWO] = [at(0), at(1)];

/** A flow asks at each of the times. */
function asked(times: readonly number[], candidate = ONE, flows = new SilentFlows()): SilentFlows {
  for (const time of times) flows.asks(KEY, candidate, time);
  return flows;
}

test('three flows without an answer in three seconds speak against the line, two or younger ones do not', () => {
  const flows = asked([0, 1000, 2000]);
  assert.equal(flows.isSilentLine(KEY, 0, 2999), false, 'the first may still be answered');
  assert.equal(flows.isSilentLine(KEY, 0, 3000), true);
  assert.deepEqual([flows.isSilent(KEY, ONE, 3000), flows.isSilent(KEY, at(0, 2), 3000)], [true, false]);
  assert.deepEqual([flows.isSilentLine(KEY, 1, 3000), flows.isSilentLine('udp[other:53]', 0, 3000)], [false, false]);
  assert.equal(asked([0, 5000]).isSilentLine(KEY, 0, 60_000), false);
  const late = asked([0, 10, 5000]);
  assert.deepEqual([late.isSilentLine(KEY, 0, 5999), late.isSilentLine(KEY, 0, 6000)], [false, true]);
});

const MINUTE = 60_000;

test('a row counts for ten minutes behind its last flow, and three times as long as it took, two hours at most', () => {
  for (const [apart, counts] of [
    [2000, 10 * MINUTE],
    [MINUTE, 10 * MINUTE],
    [3 * MINUTE, 18 * MINUTE],
    [34 * MINUTE, 120 * MINUTE],
  ] as const) {
    const flows = asked([0, apart, 2 * apart]);
    const silent = (since: number) => flows.isSilentLine(KEY, 0, 2 * apart + since);
    assert.deepEqual([silent(1000), silent(counts - 1), silent(counts)], [true, true, false], `${apart} ms apart`);
  }
});

test('a client of NTP that asks every 34 minutes has its three, flows an hour apart are no row', () => {
  const flows = asked([0, 34 * MINUTE, 68 * MINUTE]);
  assert.equal(flows.isSilentLine(KEY, 0, 102 * MINUTE), true);
  assert.deepEqual(asked([102 * MINUTE], TWO, flows).answers(KEY, TWO, 102 * MINUTE + 30), [ONE]);
  assert.equal(asked([0, APART_MS - 1, APART_MS]).isSilentLine(KEY, 0, APART_MS + 3000), true);
  assert.equal(asked([0, 1, APART_MS + 1]).isSilentLine(KEY, 0, APART_MS + 4000), false);
});

test('an answer over the line ends the row, one over another line tells which were silent, once', () => {
  const heard = asked([0, 1000, 2000]);
  assert.deepEqual(heard.answers(KEY, ONE, 3500), [], 'a late answer');
  assert.equal(heard.isSilentLine(KEY, 0, 4000), false);
  const flows = asked([3000], TWO, asked([0, 1000, 2000]));
  assert.deepEqual(flows.answers(KEY, TWO, 3100), [ONE]);
  assert.deepEqual(flows.answers(KEY, TWO, 3200), []);
  assert.equal(flows.isSilentLine(KEY, 0, 3200), false);
  assert.deepEqual(asked([0, 1000]).answers(KEY, TWO, 9000), [], 'two flows are no row');
});

test('where all lines were silent nothing speaks against any for half a minute, then a minute', () => {
  const flows = asked([4000, 5000, 6000], TWO, asked([0, 1000, 2000]));
  const silent = (now: number) => [0, 1].map((line) => flows.isSilentLine(KEY, line, now));
  assert.deepEqual(silent(8000), [true, true]);
  // The first one again, since there is no other.
  flows.asks(KEY, ONE, 8000);
  asked([9000, 10_000, 11_000], ONE, flows);
  assert.deepEqual(silent(8000 + REST_MS - 1), [false, false]);
  const [again, end] = [8000 + REST_MS, 8000 + REST_MS + 10_000];
  asked([again, again + 1, again + 2, end], ONE, flows);
  asked([end + 1, end + 2, end + 2 * REST_MS - 1], ONE, flows);
  assert.deepEqual(silent(end + 2 * REST_MS - 1), [false, false]);
  asked(
    [0, 1, 2].map((ms) => end + 2 * REST_MS + ms),
    ONE,
    flows,
  );
  assert.deepEqual(silent(end + 2 * REST_MS + 5000), [true, false]);
});

test('what was learned of a destination is let go when many others were asked since', () => {
  const flows = asked([0, 1, 2]);
  for (let i = 0; i < 1023; i += 1) flows.asks(`udp[${i}:53]`, ONE, 10);
  assert.equal(flows.isSilentLine(KEY, 0, 5000), true);
  flows.asks('udp[one more:53]', ONE, 10);
  assert.equal(flows.isSilentLine(KEY, 0, 5000), false);
});

test('whatever flows do: a line that is silent was asked three times since its last answer', () => {
  const step = fc.record({ line: fc.nat(2), host: fc.nat(40), wait: fc.nat(20_000), isAnswer: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const flows = new SilentFlows();
      const asks = [0, 0, 0];
      let now = 0;
      for (const { line, host, wait, isAnswer } of steps) {
        now += wait;
        if (isAnswer) {
          for (const silent of flows.answers(KEY, at(line, host), now)) assert.ok(asks[silent.line] >= 3);
          asks.fill(0);
        } else {
          flows.asks(KEY, at(line, host), now);
          asks[line] += 1;
        }
        for (const other of [0, 1, 2]) if (flows.isSilentLine(KEY, other, now + 3000)) assert.ok(asks[other] >= 3);
      }
    }),
  );
});
