import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CandidateMemory, ROUTE_FAILURES } from '../../../src/protocol/routes/candidate-memory.js';
import { candidate } from '../../helpers/candidates.js';

const TTL_MS = 600_000;

function worked(): CandidateMemory {
  const memory = new CandidateMemory(candidate(0));
  memory.connects(20, 0);
  return memory;
}

function fail(memory: CandidateMemory, cause: (typeof ROUTE_FAILURES)[number], now: number): void {
  memory.fails(cause, now);
  memory.blame(now);
}

test('one that never worked is not usable, and one that did is until its time is over', () => {
  assert.equal(new CandidateMemory(candidate(0)).isUsable(0, Number.POSITIVE_INFINITY), false);
  const memory = worked();
  assert.deepEqual([memory.isUsable(TTL_MS - 1, TTL_MS), memory.isUsable(TTL_MS, TTL_MS)], [true, false]);
  memory.connects(20, TTL_MS - 1);
  assert.equal(memory.isUsable(TTL_MS, TTL_MS), true);
});

test('a failure that may not be its own keeps it from being tried alone until it works, and is forgiven then', () => {
  const memory = worked();
  memory.fails('refused', 10);
  assert.deepEqual([memory.isUsable(10, TTL_MS), memory.isFailing(10), memory.streak], [false, false, 0]);
  memory.connects(20, 20);
  assert.equal(memory.isUsable(20, TTL_MS), true);
  memory.blame(21);
  assert.deepEqual([memory.streak, memory.failures], [0, undefined]);
});

test('each further failure after its time stands twice as long, at most five minutes, and a success ends it', () => {
  const memory = worked();
  let now = 1000;
  const stands: number[] = [];
  for (let i = 0; i < 8; i += 1) {
    fail(memory, 'refused', now);
    let end = now;
    while (memory.isFailing(end)) end += 1000;
    stands.push(end - now);
    now = end;
  }
  assert.deepEqual(stands, [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
  fail(memory, 'refused', now);
  memory.connects(20, now + 1);
  assert.deepEqual([memory.isFailing(now + 1), memory.isUsable(now + 1, TTL_MS), memory.streak], [false, true, 0]);
});

test('six connections that fail at a time are one failure', () => {
  const memory = worked();
  for (let i = 0; i < 6; i += 1) fail(memory, 'refused', 1000 + i);
  assert.deepEqual([memory.streak, memory.failures?.get('refused')], [1, { count: 6, at: 1005 }]);
  assert.deepEqual([memory.isFailing(11_004), memory.isFailing(11_005)], [true, false]);
});

test('once late is nothing, twice in a row is a failure', () => {
  const memory = worked();
  fail(memory, 'late', 100);
  assert.deepEqual([memory.isUsable(100, TTL_MS), memory.streak], [true, 0]);
  memory.connects(20, 200);
  fail(memory, 'late', 300);
  assert.equal(memory.isUsable(300, TTL_MS), true);
  fail(memory, 'late', 400);
  assert.deepEqual([memory.isUsable(400, TTL_MS), memory.streak, memory.failed], [false, 1, 400]);
});

test('a late connection whose fault is not known yet does not keep it from being used', () => {
  const memory = worked();
  memory.fails('late', 100);
  assert.equal(memory.isUsable(100, TTL_MS), true);
});

test('one that connects and does not answer is mute: only an answer is a success', () => {
  for (const cause of ['silent', 'not-tls'] as const) {
    const memory = worked();
    fail(memory, cause, 100);
    assert.equal(memory.mute, true);
    memory.connects(20, 20_000);
    assert.deepEqual([memory.streak, memory.worked, memory.successes], [1, 0, 1]);
    assert.equal(memory.connect.samples, 2);
    memory.answers(30, 20_001);
    assert.deepEqual([memory.mute, memory.streak, memory.worked, memory.successes], [false, 0, 20_001, 2]);
  }
});

test('one that goes on connecting and never answers is tried ever more rarely', () => {
  const memory = worked();
  const tries: number[] = [];
  for (let now = 0; now < TTL_MS; now += 1000) {
    if (!memory.isUsable(now, TTL_MS)) continue;
    tries.push(now);
    memory.connects(1, now);
    fail(memory, 'silent', now);
  }
  assert.deepEqual(tries, [0, 10_000, 30_000, 70_000, 150_000, 310_000]);
});

test('whatever happens: what worked last is never failing, and the tallies are what was blamed', () => {
  const step = fc.tuple(fc.constantFrom('connects', 'answers', 'blame', 'clear', ...ROUTE_FAILURES), fc.nat(20_000));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const memory = new CandidateMemory(candidate(0));
      let now = 0;
      let blamed = 0;
      for (const [what, passed] of steps) {
        now += passed;
        if (what === 'connects') {
          memory.connects(1, now);
          if (!memory.mute) assert.ok(memory.isUsable(now, 1));
        } else if (what === 'answers') {
          memory.answers(1, now);
          assert.ok(memory.isUsable(now, 1));
        } else if (what === 'blame') {
          if (memory.pending !== undefined) blamed += 1;
          memory.blame(now);
        } else if (what !== 'clear') memory.fails(what, now);
        if (memory.isFailing(now)) assert.ok(!memory.isUsable(now, TTL_MS) && now < memory.failed + 300_000);
        const counts = [...(memory.failures?.values() ?? [])].map(({ count }) => count);
        assert.equal(
          counts.reduce((sum, count) => sum + count, 0),
          blamed,
        );
      }
    }),
  );
});

test('a link that came back explains what fails without one, and silence shortly before it went', () => {
  const outage = { from: 100_000, to: 160_000 };
  const forgiven = (cause: (typeof ROUTE_FAILURES)[number], at: number, how = outage): boolean => {
    const [blamed, pending] = [worked(), worked()];
    for (let i = 0; i < 2; i += 1) fail(blamed, cause, at);
    pending.fails(cause, at);
    for (const memory of [blamed, pending]) memory.linkCameBack(how);
    assert.equal(blamed.isFailing(at), pending.pending !== undefined);
    return !blamed.isFailing(at) && !blamed.mute;
  };
  const ever = ROUTE_FAILURES.filter((cause) => forgiven(cause, 1000));
  assert.deepEqual(ever, ['unreachable', 'timed-out', 'proxy', 'late', 'other']);
  for (const cause of ROUTE_FAILURES) assert.equal(forgiven(cause, 160_001), false, cause);
  assert.deepEqual([forgiven('silent', 84_999), forgiven('silent', 85_000)], [false, true]);
  assert.deepEqual([forgiven('refused', 120_000), forgiven('not-tls', 120_000)], [false, false]);
  assert.equal(forgiven('silent', 100_000, { from: 100_000, to: 100_000 }), false);
});
