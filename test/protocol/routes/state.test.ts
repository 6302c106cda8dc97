import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CandidateMemory } from '../../../src/protocol/routes/candidate-memory.js';
import { CANDIDATES_MAX, DestinationMemory } from '../../../src/protocol/routes/destination-memory.js';
import { isRouteState, memoryOf, type RouteState, stateOf } from '../../../src/protocol/routes/state.js';
import { candidate, lineView } from '../../helpers/candidates.js';
import { remembered } from '../../helpers/route-memory.js';

const NOW = 50_000;

function memory(): DestinationMemory {
  const known = new DestinationMemory();
  known.connected(candidate(1, 7), 20, NOW - 3000, lineView());
  known.answered(candidate(1, 7), 45, NOW - 2900);
  known.failed(candidate(0), 'refused', NOW - 2000);
  known.failed(
    { line: 0, ip: Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1) },
    'late',
    NOW - 1000,
  );
  known.best = known.candidates[0];
  return known;
}

/** What a candidate is, but for what is of one actor only. */
function contents({
  connect,
  firstByte,
  ip,
  failures,
  connectReported,
  answerReported,
  failureReported,
  accuser,
  inherited,
  ...rest
}: CandidateMemory) {
  const { pending, pendingAt, ...others } = rest;
  return {
    ...others,
    ip: [...ip],
    connect: [connect.mean.toFixed(1), connect.deviation.toFixed(1), connect.samples],
    firstByte: [firstByte.mean.toFixed(1), firstByte.deviation.toFixed(1), firstByte.samples],
    failures: [...(failures ?? [])],
    pending: pending === undefined ? [] : [pending, pendingAt],
  };
}

test('what is remembered as plain values', () => {
  const state = stateOf('site.test:443', memory(), NOW);
  assert.equal(state.destination, 'site.test:443');
  assert.equal(state.best, 0);
  assert.deepEqual(state.candidates[0], {
    line: 1,
    address: '192.0.2.7',
    connect: [20, 10, 1],
    first_byte: [45, 22.5, 1],
    successes: 2,
    worked_age_ms: 2900,
    answered_age_ms: 2900,
    failed_age_ms: null,
    updated_age_ms: 2900,
    streak: 0,
    lates: 0,
    mute: false,
    pending: null,
    failures: [],
  });
  assert.deepEqual(
    state.candidates.slice(1).map(({ address, worked_age_ms, failed_age_ms, streak, lates, failures }) => {
      return { address, worked_age_ms, failed_age_ms, streak, lates, failures };
    }),
    [
      {
        ...{ address: '192.0.2.1', worked_age_ms: null, failed_age_ms: 2000, streak: 1, lates: 0 },
        failures: [{ cause: 'refused', count: 1, age_ms: 2000 }],
      },
      {
        ...{ address: '2001:db8::1', worked_age_ms: null, failed_age_ms: null, streak: 0, lates: 1 },
        failures: [{ cause: 'late', count: 1, age_ms: 1000 }],
      },
    ],
  );
});

test('a failure that is not to the blame of the candidate yet is told too, and can be blamed there', () => {
  const known = new DestinationMemory();
  known.connected(candidate(0), 20, 0, lineView());
  known.failed(candidate(0), 'reset', NOW);
  const [state] = stateOf('a:1', known, NOW + 10).candidates;
  assert.deepEqual(state?.pending, { cause: 'reset', age_ms: 10 });
  const told = memoryOf(stateOf('a:1', known, NOW + 10), 5010, 1);
  assert.equal(told.candidates[0].isUsable(5010, Number.POSITIVE_INFINITY), false);
  told.connected(candidate(1), 20, 5020, lineView());
  assert.deepEqual([told.candidates[0].streak, told.candidates[0].failed], [1, 5000]);
});

test('that a name has moved away from an address is told, also from what was written, and may be absent', () => {
  const known = memory();
  known.candidates[0].moved = { at: NOW - 500, to: candidate(7).ip };
  known.candidates[1].moved = { at: NOW - 700, to: undefined };
  const state: unknown = JSON.parse(JSON.stringify(stateOf('a:1', known, NOW)));
  assert.ok(isRouteState(state));
  assert.deepEqual(
    memoryOf(state, 9000, 99).candidates.map(({ moved }) => moved && [moved.at, moved.to && [...moved.to]]),
    [[8500, [...candidate(7).ip]], [8300, undefined], undefined],
  );
  const wrong = (moved: unknown): boolean =>
    isRouteState({ ...state, candidates: state.candidates.map((one) => ({ ...one, moved })) });
  assert.deepEqual(
    [{ age_ms: 1, to: 'nowhere' }, { age_ms: -1, to: null }, { to: null }, 7, { age_ms: 1, to: null }].map(wrong),
    [false, false, false, false, true],
  );
});

test('whatever is remembered comes back the same, through text and for another clock', () => {
  fc.assert(
    fc.property(remembered, fc.integer({ min: -1_000_000, max: 1_000_000 }), ({ memory: known, now }, shift) => {
      const state: unknown = JSON.parse(JSON.stringify(stateOf('site.test:443', known, now)));
      assert.ok(isRouteState(state));
      const back = memoryOf(state, now + shift, 3);
      const shifted = (at: number): number => at + shift;
      const expected = known.candidates.map((one) => {
        const { worked, answered, failed, updated, failures, pending, ...rest } = contents(one);
        return {
          ...{ ...rest, worked: shifted(worked), answered: shifted(answered), failed: shifted(failed) },
          updated: shifted(updated),
          failures: failures.map(([cause, { count, at }]) => [cause, { count, at: shifted(at) }]),
          pending: pending.length === 0 ? [] : [pending[0], shifted(pending[1] as number)],
        };
      });
      assert.deepEqual(
        back.candidates.map((one) => ({ ...contents(one) })),
        expected,
      );
      assert.equal(
        back.candidates.indexOf(back.best as CandidateMemory),
        known.candidates.indexOf(known.best as CandidateMemory),
      );
      assert.equal(back.touched, shifted(known.touched));
      assert.deepEqual(stateOf('site.test:443', back, now + shift), state);
      // And what follows from it.
      for (const one of back.candidates) {
        const was = known.find(one) as CandidateMemory;
        assert.equal(one.isUsable(now + shift, 600_000), was.isUsable(now, 600_000));
        assert.equal(one.isFailing(now + shift), was.isFailing(now));
      }
    }),
  );
});

test('what belongs to no line that is there is left out, and so is the best', () => {
  const state = stateOf('a:1', memory(), NOW);
  const back = memoryOf(state, NOW, 1);
  assert.deepEqual(
    back.candidates.map(({ line }) => line),
    [0, 0],
  );
  assert.equal(back.best, undefined);
});

test('the same candidate twice is one', () => {
  const state = stateOf('a:1', memory(), NOW);
  const [first] = state.candidates;
  const twice: RouteState = { ...state, candidates: [first, { ...first, address: '::ffff:192.0.2.7', successes: 9 }] };
  assert.ok(isRouteState(twice));
  const back = memoryOf(twice, NOW, 2);
  assert.deepEqual([back.candidates.length, back.candidates[0].successes], [1, 2]);
});

test('measured times and ages have few digits, and an age beyond all bounds is one that is still taken', () => {
  const known = new DestinationMemory();
  known.connected(candidate(0), 20 / 3, -1e12, lineView());
  known.connected(candidate(0), 19 / 7, 0.123_456, lineView());
  known.failed(candidate(1), 'other', -1e15);
  known.connected(candidate(0), 1, 1e-9, lineView());
  const state = stateOf('a:1', known, 100.7);
  assert.ok(isRouteState(state));
  assert.ok(JSON.stringify(state).length < 700, JSON.stringify(state));
  assert.match(JSON.stringify(state.candidates[0]?.connect), /^\[\d+(\.\d\d?)?,\d+(\.\d\d?)?,3\]$/);
  assert.equal(state.candidates[0]?.worked_age_ms, 101);
});

test('what is no state is told apart', () => {
  const state = stateOf('a:1', memory(), NOW);
  assert.ok(isRouteState(state));
  const [first] = state.candidates;
  const withFirst = (changes: object): unknown => ({ ...state, candidates: [{ ...first, ...changes }], best: 0 });
  assert.ok(isRouteState(withFirst({})));
  for (const wrong of [
    ...[null, [], 'a', 1, {}, { ...state, destination: 1 }, { ...state, destination: 'x'.repeat(1025) }],
    ...[
      { ...state, best: 3 },
      { ...state, best: -2 },
      { ...state, best: 0.5 },
      { ...state, candidates: {} },
    ],
    { ...state, candidates: Array(CANDIDATES_MAX + 1).fill(first) },
    ...[-1, 0.5, '0', null, 2 ** 60].map((line) => withFirst({ line })),
    ...['', 'site.test', '1.2.3', '1.2.3.4/8', 'fe80::1%eth0', null].map((address) => withFirst({ address })),
    ...[[], [1, 2], [1, 2, 3, 4], [-1, 0, 0], ['1', 0, 0], [1, 0, 0.5], [1e300, 0, 0], null].map((connect) =>
      withFirst({ connect }),
    ),
    ...[[1, null, 0], {}, '1,2,3'].map((first_byte) => withFirst({ first_byte })),
    ...['successes', 'streak', 'lates'].flatMap((key) => [withFirst({ [key]: -1 }), withFirst({ [key]: null })]),
    ...['worked_age_ms', 'answered_age_ms', 'failed_age_ms', 'updated_age_ms'].flatMap((key) =>
      [-1, '1', 1e300, undefined, Number.NaN].map((age) => withFirst({ [key]: age })),
    ),
    withFirst({ updated_age_ms: null }),
    ...[0, 'true', null].map((mute) => withFirst({ mute })),
    ...[undefined, 'late', { cause: 'late' }, { cause: 'sad', age_ms: 1 }].map((pending) => withFirst({ pending })),
    ...[{}, [null], [{ cause: 'late', count: 0, age_ms: 0 }], [{ cause: 'late', count: 1 }]].map((failures) =>
      withFirst({ failures }),
    ),
    withFirst({ failures: Array(10).fill({ cause: 'late', count: 1, age_ms: 0 }) }),
  ]) {
    assert.equal(isRouteState(wrong), false, JSON.stringify(wrong));
  }
});

test('the trials of cheaper lines are part of the state; one without them is as before there were any', () => {
  const known = memory();
  assert.equal('home' in stateOf('site.test:443', known, NOW), false);
  known.tried(NOW - 4000);
  known.tried(NOW - 2000);
  const state = stateOf('site.test:443', known, NOW);
  assert.deepEqual(state.home, { age_ms: 2000, tries: 2 });
  assert.equal(isRouteState(state), true);
  assert.deepEqual({ ...memoryOf(state, NOW, 9).home }, { at: NOW - 2000, tries: 2 });
  for (const home of [null, {}, { age_ms: -1, tries: 0 }, { age_ms: 0, tries: 1.5 }])
    assert.equal(isRouteState({ ...state, home }), false);
});

test('an actor hears of the last trial of another one, and keeps its own later one', () => {
  const known = memory();
  known.tried(NOW - 4000);
  const told = memory();
  told.tried(NOW - 9000);
  told.tried(NOW - 3000);
  known.adopt(told);
  assert.deepEqual({ ...known.home }, { at: NOW - 3000, tries: 2 });
  const earlier = memory();
  earlier.tried(NOW - 8000);
  known.adopt(earlier);
  assert.deepEqual({ ...known.home }, { at: NOW - 3000, tries: 2 });
});
