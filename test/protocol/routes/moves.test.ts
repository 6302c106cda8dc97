// A name moves: which address stands in for the one that it leaves, and for how long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../src/protocol/address/address.js';
import type { CandidateMemory } from '../../../src/protocol/routes/candidate-memory.js';
import { CANDIDATES_MAX, DestinationMemory } from '../../../src/protocol/routes/destination-memory.js';
import { lastMove, moveAway } from '../../../src/protocol/routes/moves.js';
import { lineView } from '../../helpers/candidates.js';

const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;
const [OLD, NEW, OTHER, V6] = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '2001:db8::1'].map(ip);
const TTL_MS = 600_000;
const VIEW = lineView();

/** Line 0 has connected to OLD in 20 ms, line 1 in 25 ms. */
function world() {
  const memory = new DestinationMemory();
  for (let line = 0; line < 2; line += 1) memory.connected({ line, ip: OLD }, 20 + 5 * line, 0, VIEW);
  memory.choose(0, TTL_MS, VIEW, false);
  const [best] = memory.candidates;
  return { memory, best, choose: (now: number, sticky = false) => memory.choose(now, TTL_MS, VIEW, sticky) };
}

test('a new address of the family stands in on the line, is late by the times of the old one, and has its own once it works', () => {
  const { memory, best, choose } = world();
  assert.equal(moveAway(memory, best, [V6, NEW], 10), true);
  const heir = choose(11) as CandidateMemory;
  assert.deepEqual([heir.line, heir.ip, heir.connect.mean, heir.worked], [0, NEW, 20, Number.NEGATIVE_INFINITY]);
  memory.connected(heir, 100, 20, VIEW);
  assert.deepEqual([heir.connect.mean, heir.connect.samples, heir.inherited], [100, 1, undefined]);
});

test('one that does not work is left at once, sticky or not, and what works elsewhere leads', () => {
  for (const sticky of [false, true]) {
    const { memory, best, choose } = world();
    moveAway(memory, best, [NEW], 10);
    memory.failed({ line: 0, ip: OLD }, 'refused', 11);
    const heir = choose(12, sticky) as CandidateMemory;
    assert.equal(heir.ip, NEW);
    memory.failed(heir, 'timed-out', 13);
    assert.equal(choose(14, sticky)?.line, 1);
  }
});

test('an address that is known and has not failed goes before one that is not', () => {
  const { memory, best, choose } = world();
  memory.connected({ line: 0, ip: OTHER }, 30, 0, VIEW);
  memory.connected(best, 20, 5, VIEW);
  moveAway(memory, best, [NEW, OTHER], 10);
  assert.equal(choose(11)?.ip, OTHER);
  memory.failed({ line: 0, ip: OTHER }, 'refused', 12);
  memory.connected({ line: 1, ip: OTHER }, 25, 12, VIEW);
  moveAway(memory, best, [NEW, OTHER], 13);
  assert.equal(memory.find({ line: 0, ip: NEW })?.isUsable(14, TTL_MS), true);
});

test('an address that stands in counts no longer than the one before it', () => {
  const { memory, best, choose } = world();
  moveAway(memory, best, [NEW], 10);
  assert.deepEqual([choose(TTL_MS - 1)?.ip, choose(TTL_MS)], [NEW, undefined]);
});

test('what failed where the left address worked is forgiven, and what failed before another is not', () => {
  const { memory, best } = world();
  memory.failed({ line: 0, ip: NEW }, 'silent', 5);
  memory.answered(best, 10, 6);
  memory.connected({ line: 1, ip: NEW }, 20, 7, VIEW);
  memory.failed({ line: 0, ip: OTHER }, 'refused', 8);
  memory.connected({ line: 1, ip: NEW }, 20, 9, VIEW);
  const [mute, refused] = [NEW, OTHER].map((one) => memory.find({ line: 0, ip: one }) as CandidateMemory);
  assert.deepEqual([mute.isFailing(10), mute.mute, refused.isFailing(10)], [true, true, true]);
  moveAway(memory, best, [NEW, OTHER], 10);
  assert.deepEqual(
    [mute.isFailing(10), mute.mute, refused.isFailing(10)],
    [false, false, true],
    'line 1 has worked since',
  );
});

test('nothing stands in for an address to which the way is barred, and one does for an address that is dead', () => {
  for (const [cause, stands] of [
    ['silent', false],
    ['not-tls', false],
    ['reset', false],
    ['timed-out', true],
  ] as const) {
    const { memory, best, choose } = world();
    memory.failed(best, cause, 5);
    memory.answered({ line: 1, ip: OLD }, 10, 6);
    assert.equal(choose(7)?.line, 1);
    moveAway(memory, best, [NEW], 10);
    assert.equal(memory.find({ line: 0, ip: NEW }) !== undefined, stands, cause);
  }
});

test('a name without addresses leaves nothing in their place, and it is told only once', () => {
  const { memory, best, choose } = world();
  assert.deepEqual([moveAway(memory, best, [], 10), moveAway(memory, best, [], 11)], [true, false]);
  assert.deepEqual([choose(12)?.line, memory.candidates.length], [1, 2]);
});

test('addresses that take turns fill no memory', () => {
  const { memory, best } = world();
  for (let last = 10; last < 200; last += 1) moveAway(memory, best, [ip(`192.0.2.${last}`)], last);
  assert.equal(memory.candidates.length, CANDIDATES_MAX);
});

test('the last move is told with its age, and whether its address is kept', () => {
  const { memory, best } = world();
  assert.equal(lastMove(memory, 5), undefined);
  moveAway(memory, best, [NEW], 10);
  moveAway(memory, memory.candidates[1], [], 30);
  assert.deepEqual(lastMove(memory, 50), { line: 1, from: OLD, to: undefined, ago_ms: 20, isKept: false });
  memory.candidates[1].moved = undefined;
  assert.deepEqual(lastMove(memory, 50), { line: 0, from: OLD, to: NEW, ago_ms: 40, isKept: true });
});
