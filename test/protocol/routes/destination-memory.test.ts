import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineOf } from '../../../src/protocol/lines/line.js';
import { USUAL } from '../../../src/protocol/lines/preference.js';
import { Preferences } from '../../../src/protocol/lines/preferences.js';
import { type CandidateMemory, ROUTE_FAILURES } from '../../../src/protocol/routes/candidate-memory.js';
import { CANDIDATES_MAX, DestinationMemory } from '../../../src/protocol/routes/destination-memory.js';
import type { RouteEvent } from '../../../src/protocol/routes/route-event.js';
import { candidate, lineView } from '../../helpers/candidates.js';

const TTL_MS = 600_000;
const ALL = lineView();
const [A, B, C] = [candidate(0), candidate(1), candidate(2)];

/** Each candidate connected once, in that time, at 0. */
function connected(...times: readonly number[]): DestinationMemory {
  const memory = new DestinationMemory();
  times.forEach((ms, line) => void memory.connected(candidate(line), ms, 0, ALL));
  return memory;
}

const choose = (memory: DestinationMemory, now: number, lines = ALL, sticky = false): number | undefined =>
  memory.choose(now, TTL_MS, lines, sticky)?.line;

test('nothing is known, nothing is chosen', () => {
  assert.equal(choose(new DestinationMemory(), 0), undefined);
});

test('the fastest is chosen, and stays chosen while another is better by a little', () => {
  const memory = connected(100, 20, 60);
  assert.equal(choose(memory, 0), 1);
  const near = connected(100);
  assert.equal(choose(near, 0), 0);
  near.connected(B, 76, 1, ALL);
  assert.equal(choose(near, 1), 0);
  near.connected(C, 74, 2, ALL);
  assert.equal(choose(near, 2), 2);
});

test('among the very fast it takes ten milliseconds to be better', () => {
  const memory = connected(12);
  assert.equal(choose(memory, 0), 0);
  memory.connected(B, 3, 1, ALL);
  assert.equal(choose(memory, 1), 0);
  memory.connected(C, 1.9, 2, ALL);
  assert.equal(choose(memory, 2), 2);
});

test('two that are about equal never alternate, however their times go', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 85, max: 115, noNaN: true }), { minLength: 1, maxLength: 200 }), (times) => {
      const memory = connected(100, 100);
      const first = choose(memory, 0);
      times.forEach((ms, i) => {
        memory.connected(i % 2 === 0 ? A : B, ms, i + 1, ALL);
        assert.equal(choose(memory, i + 1), first);
      });
    }),
  );
});

test('with sticky the best stays however much better another is, until it fails', () => {
  const memory = connected(300);
  assert.equal(choose(memory, 0, ALL, true), 0);
  memory.connected(B, 1, 1, ALL);
  assert.equal(choose(memory, 1, ALL, true), 0);
  assert.equal(choose(memory, 1, ALL, false), 1);
  const other = connected(300, 1);
  other.best = other.find(A);
  other.failed(A, 'refused', 2);
  assert.equal(choose(other, 2, ALL, true), 1);
});

test("with sticky a failure that may be the destination's own moves nothing", () => {
  for (const sticky of [true, false]) {
    const memory = connected(20);
    memory.connected(B, 10, -60_000, ALL);
    memory.best = memory.find(A);
    memory.failed(A, 'refused', 1);
    assert.equal(choose(memory, 2, ALL, sticky), sticky ? 0 : 1);
    memory.failed(B, 'refused', 3);
    memory.connected(A, 20, 60_000, ALL);
    assert.equal(choose(memory, 60_000, ALL, sticky), 0);
  }
});

test('with sticky another address of the same line comes next, and only then another line', () => {
  const memory = new DestinationMemory();
  const again = candidate(0, 2);
  memory.connected(A, 100, 0, ALL);
  assert.equal(choose(memory, 0, ALL, true), 0);
  memory.connected(B, 1, 1, ALL);
  memory.connected(again, 90, 1, ALL);
  memory.failed(A, 'refused', 2);
  assert.equal(memory.choose(2, TTL_MS, ALL, true), memory.find(again));
  memory.failed(again, 'refused', 3);
  assert.equal(choose(memory, 3, ALL, true), 1);
});

test('a line whose address the name no longer has is still the one that worked', () => {
  const memory = connected(20, 30);
  const lineOf = (now: number, lines = ALL) => memory.lineWithoutAddress(now, TTL_MS, lines);
  memory.connected(A, 20, 5, ALL);
  for (const known of memory.candidates) known.moved = { at: 5, to: undefined };
  assert.deepEqual([choose(memory, 6, ALL, true), lineOf(6)], [undefined, 0]);
  assert.equal(lineOf(6, lineView({ out: [0] })), 1);
  memory.failed(A, 'refused', 7);
  assert.equal(lineOf(7), 1);
  assert.equal(lineOf(TTL_MS + 7), undefined);
});

test('with sticky a line that was left because it must not be used is not returned to', () => {
  for (const sticky of [true, false]) {
    const memory = connected(20, 100);
    assert.equal(choose(memory, 0, ALL, sticky), 0);
    assert.equal(choose(memory, 1, lineView({ out: [0] }), sticky), 1);
    assert.equal(choose(memory, 2, ALL, sticky), sticky ? 1 : 0);
    // Where no other can be used, it keeps its place.
    assert.equal(choose(memory, 3, lineView({ out: [0, 1] }), sticky), undefined);
    assert.equal(choose(memory, 4, ALL, sticky), sticky ? 1 : 0);
  }
});

test('times up to the first byte decide where both have them, the time of connecting included', () => {
  const memory = new DestinationMemory();
  memory.connected(A, 100, 0, ALL);
  memory.connected(B, 10, 0, ALL);
  assert.equal(choose(memory, 0), 1);
  memory.answered(B, 400, 1);
  assert.equal(choose(memory, 1), 1);
  memory.answered(A, 50, 2);
  assert.equal(choose(memory, 2), 0);
});

test('the best keeps its place while it is left out although the other one is a little faster', () => {
  const memory = connected(60);
  assert.equal(choose(memory, 0), 0);
  memory.connected(B, 50, 1, ALL);
  assert.equal(choose(memory, 1, { ...ALL, mayUse: (line) => line !== 0 }), 1);
  // The other one is faster by too little to have taken it, and has not taken it.
  assert.equal(choose(memory, 2), 0);
});

test('a line that is left out is not chosen, and has its place again afterwards', () => {
  const memory = connected(30, 28);
  assert.equal(choose(memory, 0), 0);
  assert.equal(choose(memory, 1, lineView({ out: [0] })), 1);
  assert.equal(choose(memory, 2), 0);
  assert.equal(choose(memory, 3, lineView({ out: [0, 1] })), undefined);
  assert.equal(choose(memory, 4), 0);
});

test('the time counts from the last use that worked', () => {
  const memory = connected(20);
  memory.connected(A, 20, TTL_MS - 1, ALL);
  assert.equal(choose(memory, TTL_MS), 0);
  memory.failed(A, 'late', 2 * TTL_MS - 2);
  assert.equal(choose(memory, 2 * TTL_MS - 2), 0);
  assert.equal(choose(memory, 2 * TTL_MS - 1), undefined);
});

test('a failure is to the blame of the candidate when another worked shortly before', () => {
  const memory = connected(20, 30);
  choose(memory, 0);
  const failed = memory.failed(A, 'refused', 30_000);
  assert.deepEqual(
    [failed.streak, failed.pending, failed.failures?.get('refused')],
    [...[1, undefined, { count: 1, at: 30_000 }]],
  );
  assert.equal(choose(memory, 30_000), 1);
});

test('a failure is to the blame of the candidate when another works shortly after', () => {
  const memory = connected(20, 30);
  const failed = memory.failed(A, 'refused', 100_000);
  assert.deepEqual([failed.streak, failed.pending], [0, 'refused']);
  memory.connected(B, 30, 130_000, ALL);
  assert.deepEqual([failed.streak, failed.pending, failed.failed], [1, undefined, 100_000]);
});

test('too long before or after, it is nobody to blame', () => {
  const memory = connected(20, 30);
  const failed = memory.failed(A, 'refused', 30_001);
  assert.equal(failed.streak, 0);
  memory.connected(B, 30, 60_002, ALL);
  assert.deepEqual([failed.streak, failed.failures], [0, undefined]);
});

test('a site that is down blames nobody, is raced again, and is known again when it is back', () => {
  const memory = connected(20, 30);
  assert.equal(choose(memory, 0), 0);
  for (let now = 60_000; now < 120_000; now += 1000) {
    for (const one of [A, B]) memory.failed(one, 'refused', now);
    assert.equal(choose(memory, now), undefined);
  }
  for (const { streak, failures } of memory.candidates) assert.deepEqual([streak, failures], [0, undefined]);
  memory.connected(A, 20, 200_000, ALL);
  assert.equal(choose(memory, 200_000), 0);
});

test('one that has failed itself since it worked shows nothing of another', () => {
  const memory = connected(20, 30);
  memory.failed(A, 'refused', 40_000);
  memory.connected(A, 20, 50_000, ALL);
  memory.failed(A, 'refused', 60_000);
  // A worked ten seconds ago, but the site has gone down since.
  assert.equal(memory.failed(B, 'refused', 60_001).streak, 0);
});

test('a server that lets everyone connect and answers nobody blames nobody', () => {
  const memory = connected(20, 30);
  for (const one of [A, B]) memory.failed(one, 'silent', 100);
  memory.connected(B, 30, 200, ALL);
  memory.connected(A, 20, 200, ALL);
  for (const one of [A, B]) memory.failed(one, 'not-tls', 300);
  for (const { streak, mute } of memory.candidates) assert.deepEqual([streak, mute], [0, false]);
  assert.equal(choose(memory, 300), undefined);
});

test('one that is silent is to blame once another answers, or when another has just answered', () => {
  const after = connected(20, 30);
  after.failed(A, 'silent', 100);
  after.answered(B, 40, 200);
  const before = connected(20, 30);
  before.answered(B, 40, 50);
  before.failed(A, 'silent', 100);
  for (const memory of [after, before]) {
    const known = memory.find(A);
    assert.deepEqual([known?.streak, known?.mute], [1, true]);
    assert.equal(choose(memory, 200), 1);
  }
});

test('one that is mute is not better for connecting fast, and is as good as others when it answers again', () => {
  const memory = connected(5, 100);
  memory.failed(A, 'silent', 10);
  memory.answered(B, 50, 20);
  assert.equal(choose(memory, 20), 1);
  memory.connected(A, 5, 50_000, ALL);
  assert.equal(memory.worked, 20);
  assert.equal(choose(memory, 50_000), 1);
  memory.answered(A, 10, 50_001);
  assert.equal(choose(memory, 50_001), 0);
});

test('one that is mute does not come back for how fast it answered before, and any other that works goes before it', () => {
  const memory = connected(5, 100);
  memory.answered(A, 10, 1);
  assert.equal(choose(memory, 1), 0);
  memory.failed(A, 'silent', 10);
  memory.answered(B, 200, 20);
  assert.deepEqual(
    [choose(memory, 20), memory.find(A)?.isUsable(20_000, TTL_MS), choose(memory, 20_000)],
    [1, true, 1],
  );
  memory.best = undefined;
  assert.equal(choose(memory, 20_000), 1);
  assert.equal(choose(memory, 20_000, lineView({ out: [1] })), 0);
});

test('what a line says that answers early is no evidence, what its destination answers is', () => {
  const early = lineView({ early: [0] });
  const memory = new DestinationMemory();
  const known = memory.connected(A, 1, 0, early);
  assert.deepEqual([known.connect.samples, known.successes, choose(memory, 0, early)], [0, 0, undefined]);
  memory.failed(B, 'refused', 1);
  memory.connected(A, 1, 2, early);
  assert.deepEqual([memory.find(B)?.streak, memory.worked], [0, Number.NEGATIVE_INFINITY]);
  memory.answered(A, 70, 3);
  assert.deepEqual([memory.find(B)?.streak, choose(memory, 3, early)], [1, 0]);
  // Against one that is known only to connect nothing can be said: the best stays.
  memory.connected(C, 5, 4, early);
  assert.equal(choose(memory, 4, early), 0);
});

test('of too many candidates the one that changed longest ago goes, and never the best', () => {
  for (const place of [0, 7, CANDIDATES_MAX - 1]) {
    const memory = new DestinationMemory();
    for (let line = 0; line < CANDIDATES_MAX; line += 1) memory.connected(candidate(line), 20, 100 + line, ALL);
    const best = memory.candidates[place];
    memory.best = best;
    best.updated = 1;
    for (let line = 100; line < 100 + 3 * CANDIDATES_MAX; line += 1) {
      memory.connected(candidate(line), 20, 100 + line, ALL);
      assert.equal(memory.candidates.length, CANDIDATES_MAX);
    }
    assert.ok(memory.candidates.includes(best));
    assert.equal(memory.best, best);
    assert.deepEqual(
      memory.candidates.filter((one) => one !== best).map(({ line }) => line),
      Array.from({ length: CANDIDATES_MAX - 1 }, (_, i) => 100 + 2 * CANDIDATES_MAX + 1 + i),
    );
  }
});

test('an address that the name no longer has does not lead until the name has it again', () => {
  const memory = connected(20, 300);
  assert.equal(choose(memory, 0), 0);
  const [first, second] = memory.candidates;
  first.moved = { at: 1, to: C.ip };
  assert.equal(choose(memory, 1), 1);
  // What another actor says of it changes nothing but that this one looks again.
  memory.checkAt = 60_000;
  const theirs = connected(20);
  theirs.connected(A, 20, 5, ALL);
  memory.adopt(theirs);
  assert.deepEqual([choose(memory, 5), memory.checkAt], [1, Number.NEGATIVE_INFINITY]);
  second.moved = { at: 5, to: C.ip };
  assert.equal(choose(memory, 5), undefined);
  (memory.find(A) as CandidateMemory).moved = undefined;
  assert.equal(choose(memory, 5), 0);
});

test('with sticky the best address stays until it fails where its name has others, and not where it has none', () => {
  const moved = (to: Uint8Array | undefined): DestinationMemory => {
    const memory = connected(20, 300);
    assert.equal(choose(memory, 0, ALL, true), 0);
    memory.candidates[0].moved = { at: 1, to };
    return memory;
  };
  const memory = moved(C.ip);
  assert.deepEqual([choose(memory, 2, ALL, true), choose(memory, 3, ALL, true)], [0, 0]);
  // Also a failure that may be the destination's.
  memory.failed(A, 'refused', 4);
  assert.equal(choose(memory, 4, ALL, true), 1);
  assert.equal(choose(moved(undefined), 2, ALL, true), 1);
  assert.equal(choose(moved(C.ip), TTL_MS, ALL, true), undefined);
});

test('what is told by reports of other actors: an address that was left, and one that is back', () => {
  const memory = connected(20);
  memory.apply({ ...A, kind: 'moved', to: C.ip }, 7, ALL);
  assert.deepEqual(memory.candidates[0].moved, { at: 7, to: C.ip });
  memory.apply({ ...A, kind: 'back' }, 8, ALL);
  assert.equal(memory.candidates[0].moved, undefined);
});

test('what another actor knows is taken over where it is newer, and its own choice is kept', () => {
  const mine = connected(20, 30);
  choose(mine, 0);
  mine.failed(B, 'refused', 500);
  const theirs = new DestinationMemory();
  theirs.connected(B, 1, 400, ALL);
  theirs.connected(C, 1, 400, ALL);
  theirs.connected(A, 500, 1000, ALL);
  theirs.best = theirs.find(C);
  mine.adopt(theirs);
  assert.deepEqual(
    mine.candidates.map(({ line, connect, worked }) => [line, connect.mean, worked]),
    [
      [0, 500, 1000],
      [1, 30, 0],
      [2, 1, 400],
    ],
  );
  assert.equal(mine.best, mine.candidates[0]);
  const nothing = new DestinationMemory();
  nothing.adopt(theirs);
  assert.equal(nothing.best?.line, 2);
  assert.equal(nothing.worked, 1000);
});

test('what is taken over is bounded too', () => {
  const mine = new DestinationMemory();
  const theirs = new DestinationMemory();
  for (let line = 0; line < CANDIDATES_MAX; line += 1) {
    mine.connected(candidate(line), 20, 0, ALL);
    theirs.connected(candidate(100 + line), 20, 0, ALL);
  }
  theirs.best = theirs.candidates[0];
  mine.adopt(theirs);
  assert.equal(mine.candidates.length, CANDIDATES_MAX);
  assert.equal(mine.best, undefined);
});

test('with sticky what the route actor has chosen counts, so that all actors keep one line', () => {
  for (const sticky of [true, false]) {
    const mine = connected(20, 100);
    assert.equal(choose(mine, 0, ALL, sticky), 0);
    const theirs = connected(20, 100);
    theirs.best = theirs.find(B);
    mine.adopt(theirs, sticky);
    assert.equal(choose(mine, 1, ALL, sticky), sticky ? 1 : 0);
    // But not where it is known here that it fails.
    mine.connected(A, 20, 2, ALL);
    mine.failed(B, 'refused', 2);
    mine.adopt(theirs, sticky);
    assert.equal(choose(mine, 3, ALL, sticky), 0);
  }
});

test('whatever happens: bounded, what is chosen works and is known, and choosing again chooses the same', () => {
  const event = fc.record({
    line: fc.nat(3),
    last: fc.nat(15),
    what: fc.constantFrom('connected', 'answered', ...ROUTE_FAILURES),
    ms: fc.nat(500),
    passed: fc.nat(20_000),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 300 }), fc.boolean(), (events, sticky) => {
      const memory = new DestinationMemory();
      const lines = lineView({ early: [3] });
      let now = 0;
      for (const { line, last, what, ms, passed } of events) {
        now += passed;
        const one = candidate(line, last);
        let told: RouteEvent;
        if (what === 'connected') told = { ...one, kind: what, connect_ms: ms };
        else if (what === 'answered') told = { ...one, kind: what, first_byte_ms: ms };
        else told = { ...one, kind: 'failed', cause: what };
        memory.apply(told, now, lines);
        assert.ok(memory.candidates.length <= CANDIDATES_MAX);
        const chosen = memory.choose(now, TTL_MS, lines, sticky);
        if (chosen !== undefined) assert.ok(chosen.isUsable(now, TTL_MS, sticky) && memory.candidates.includes(chosen));
        assert.equal(memory.choose(now, TTL_MS, lines, sticky), chosen);
        assert.equal(memory.best, chosen);
      }
    }),
  );
});

test('one that never answered has as long as the slowest of those that did, and no longer than nothing known', () => {
  const memory = connected(10, 10, 10);
  assert.equal(memory.answersWithin(C, 30, 150), 150);
  memory.answered(A, 8, 1);
  assert.equal(memory.answersWithin(A, 30, 150), 8 + 4 * 4 + 30);
  memory.answered(B, 20, 2);
  assert.equal(memory.answersWithin(C, 30, 150), 20 + 4 * 10 + 30);
  memory.answered(B, 900, 3);
  assert.equal(memory.answersWithin(C, 30, 150), 150);
  assert.ok(memory.answersWithin(B, 30, 150) > 150);
});

/** Line 1 is of a higher tier, line 2 of the lowest one as line 0, and dearer. */
const PREFERRED = {
  ...ALL,
  preferences: Preferences.of(
    [{}, { tier: 1 }, { cost_ms: 50 }].map((one, line) => {
      return lineOf(line, `${line}`, { ip: undefined, port: 0 }, [], { ...USUAL, ...one });
    }),
  ),
};

test('a lower tier goes before a higher one, however slow, and costs are added to times', () => {
  assert.equal(choose(connected(500, 20), 0, PREFERRED), 0);
  assert.equal(choose(connected(60, 20, 20), 0, PREFERRED), 0);
  assert.equal(choose(connected(120, 20, 20), 0, PREFERRED), 2);
});

test('a cheaper one that has failed since it worked does not lead until it has worked again', () => {
  const memory = connected(20, 20);
  memory.failed(A, 'timed-out', 1000);
  memory.connected(B, 20, 1001, ALL);
  assert.deepEqual([choose(memory, 1001, PREFERRED), choose(memory, 60_000, PREFERRED)], [1, 1]);
  // Where lines are alike it does after ten seconds.
  memory.best = undefined;
  assert.equal(choose(memory, 60_000), 0);
  memory.connected(A, 20, 60_001, ALL);
  assert.equal(choose(memory, 60_001, PREFERRED), 0);
});

test('one that connects without an answer does not lead, nor one that nothing proves where nothing else is proven', () => {
  const memory = connected(20, 20);
  memory.failed(A, 'silent', 1000);
  memory.answered(B, 30, 1001);
  memory.connected(A, 20, 30_000, ALL);
  assert.equal(choose(memory, 60_000, PREFERRED), 1);
  memory.failed(B, 'refused', 60_001);
  memory.connected(C, 20, 60_002, ALL);
  assert.equal(choose(memory, 60_002, PREFERRED), 2);
  memory.answered(A, 20, 60_003);
  assert.equal(choose(memory, 60_003, PREFERRED), 0);
});

test('what connects in a trial begins anew: neither how slow it was nor how it answered counts', () => {
  const memory = connected(400, 20);
  memory.answered(A, 900, 1);
  const event = { ...A, kind: 'connected', connect_ms: 30, anew: true } as const;
  const known = memory.apply(event, 2, ALL);
  assert.deepEqual([known?.connect.mean, known?.connect.samples, known?.firstByte.samples], [30, 1, 0]);
});
