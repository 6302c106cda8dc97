import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionCounts } from '../../../src/threads/shared/connection-counts.js';
import { Counter } from '../../../src/threads/shared/counters.js';
import { LineCounts } from '../../../src/threads/shared/line-counts.js';
import { Tally } from '../../../src/workers/connection/tally.js';

function world() {
  const counters = new Float64Array(Object.keys(Counter).length);
  const connectionCounts = new ConnectionCounts(ConnectionCounts.create());
  const lineCounts = new LineCounts(LineCounts.create(2));
  const tally = new Tally({ counters, connectionCounts, lineCounts });
  const of = (line: number) => LineCounts.sum([lineCounts], line);
  return { counters, connectionCounts, tally, of };
}

const attempt = (line: number, askedAt = Number.NaN, answeredAt = Number.NaN) => ({
  ...{ candidate: { line }, askedAt, answeredAt },
});

test('a win is a rescue where another line was the first choice', () => {
  const { tally, of } = world();
  const lead = attempt(0);
  tally.won(lead, lead);
  tally.won(attempt(1), lead);
  // Another address of the same line.
  tally.won(attempt(0), lead);
  assert.deepEqual([of(0).wins, of(0).rescues, of(1).wins, of(1).rescues], [2, 0, 1, 1]);
  assert.equal(of(0).firstByte.count + of(1).firstByte.count, 0);
});

test('the time to the first byte counts for the line whose server has answered a ClientHello', () => {
  const { tally, of } = world();
  tally.won(attempt(1, 1000, 1042), attempt(0));
  assert.deepEqual([of(1).firstByte.sum_ms, of(0).firstByte.count], [42, 0]);
});

test('that a line carries a connection does not make a hint useful: an answer does', () => {
  const { tally, counters } = world();
  tally.won(attempt(1), attempt(1));
  assert.equal(counters[Counter.hintsUseful], 0);
});

test('a failed handshake is one bad handshake, but for a client whose network is over a limit', () => {
  const { tally, counters, connectionCounts } = world();
  tally.handshakeFailed('socks4', 'broke-protocol');
  tally.handshakeFailed('unknown', 'handshake-timeout');
  tally.handshakeFailed('proxy-header', 'over-limit');
  assert.deepEqual([counters[Counter.badHandshakes], counters[Counter.timeouts]], [2, 1]);
  const failures = ConnectionCounts.handshakes([connectionCounts]);
  assert.deepEqual(
    failures.map(({ spoken, how, count }) => [spoken, how, count]),
    [
      ['socks4', 'broke-protocol', 1],
      ['proxy-header', 'over-limit', 1],
      ['unknown', 'handshake-timeout', 1],
    ],
  );
});

test('a lost connection has one cause, and what rules and policy refuse is counted beside', () => {
  const { tally, counters, connectionCounts } = world();
  for (const cause of ['refused', 'blocked', 'egress-denied'] as const) tally.lost(cause);
  tally.cancelled();
  assert.deepEqual([counters[Counter.failed], counters[Counter.blocked], counters[Counter.denied]], [4, 1, 1]);
  assert.deepEqual([...ConnectionCounts.causes([connectionCounts]).keys()], ['egress-denied', 'blocked', 'refused']);
});
