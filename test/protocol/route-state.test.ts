import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIp, parseIp } from '../../src/protocol/address.js';
import type { Candidate } from '../../src/protocol/candidate.js';
import { ROUTE_FAILURES } from '../../src/protocol/candidate-memory.js';
import {
  CANDIDATES_MAX,
  DestinationMemory,
  type LineView,
  type RouteEvent,
} from '../../src/protocol/destination-memory.js';
import { isRouteState, memoryOf, type RouteState, stateOf } from '../../src/protocol/route-state.js';

const VIEW: LineView = { mayUse: () => true, answersEarly: (line) => line === 2 };
const LINES = 4;
const at = (line: number, address: string): Candidate => ({ line, ip: parseIp(address) as Uint8Array });
const FIRST = at(0, '192.0.2.1');
const SECOND = at(1, '2001:db8::1');

const candidate = fc
  .tuple(fc.nat(LINES - 1), fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1'))
  .map(([line, address]) => at(line, address));
const event: fc.Arbitrary<RouteEvent> = fc.oneof(
  fc.tuple(candidate, fc.nat(3000)).map(([one, connect_ms]) => ({ ...one, kind: 'connected' as const, connect_ms })),
  fc.tuple(candidate, fc.nat(3000)).map(([one, ms]) => ({ ...one, kind: 'answered' as const, first_byte_ms: ms })),
  fc
    .tuple(candidate, fc.constantFrom(...ROUTE_FAILURES))
    .map(([one, cause]) => ({ ...one, kind: 'failed' as const, cause })),
);

/** What a destination has been through, with the time before each event. */
const history = fc.array(fc.tuple(event, fc.nat(40_000)), { minLength: 1, maxLength: 60 });

function lived(events: readonly (readonly [RouteEvent, number])[]): { memory: DestinationMemory; now: number } {
  const memory = new DestinationMemory();
  let now = 0;
  for (const [what, wait] of events) {
    now += wait;
    memory.apply(what, now, VIEW);
    memory.choose(now, 600_000, VIEW, false);
  }
  return { memory, now };
}

test('a state gives a memory that has the same state, by another clock and as a text or a message', () => {
  fc.assert(
    fc.property(history, fc.nat(10_000), fc.nat(1_000_000), (events, later, clock) => {
      const { memory, now } = lived(events);
      const state = stateOf('a.test:443', memory, now + later);
      assert.ok(isRouteState(state));
      const read = JSON.parse(JSON.stringify(state)) as RouteState;
      assert.deepEqual(read, state);
      assert.ok(isRouteState(read));
      assert.deepEqual(stateOf('a.test:443', memoryOf(read, clock, LINES), clock), state);
      assert.deepEqual(stateOf('a.test:443', memoryOf(structuredClone(state), -clock, LINES), -clock), state);
    }),
    { numRuns: 2000 },
  );
});

test('the memory of a state knows what the state says, and it ages', () => {
  const memory = new DestinationMemory();
  memory.connected(FIRST, 100, 1000, VIEW);
  memory.answered(FIRST, 40, 1040);
  memory.failed(SECOND, 'refused', 1100);
  memory.choose(1100, 600_000, VIEW, false);
  const told = memoryOf(stateOf('a.test:443', memory, 2000), 50_000, LINES);
  const [first, second] = told.candidates;
  assert.ok(first !== undefined && second !== undefined);
  assert.equal(told.best, first);
  assert.deepEqual([first.line, formatIp(first.ip), first.successes], [0, '192.0.2.1', 2]);
  assert.deepEqual([first.connect.mean, first.connect.deviation, first.connect.samples], [100, 50, 1]);
  assert.deepEqual([first.firstByte.mean, first.firstByte.deviation, first.firstByte.samples], [40, 20, 1]);
  assert.deepEqual([first.worked, told.worked], [49_040, 49_040]);
  assert.deepEqual([second.worked, second.streak], [Number.NEGATIVE_INFINITY, 1]);
  assert.deepEqual([...(second.failures ?? [])], [['refused', { count: 1, at: 49_100 }]]);
  assert.equal(told.touched, 49_100);
  // Ten seconds after the failure.
  assert.deepEqual([second.isFailing(59_099), second.isFailing(59_100)], [true, false]);
  assert.deepEqual([first.isUsable(649_039, 600_000), first.isUsable(649_040, 600_000)], [true, false]);
});

test('what belongs to no line, or is no address, is left out, and the best with it', () => {
  const memory = new DestinationMemory();
  for (const one of [FIRST, SECOND, at(3, '192.0.2.3')]) memory.connected(one, 10, 0, VIEW);
  memory.best = memory.candidates[1];
  const state = stateOf('a.test:443', memory, 0);
  assert.deepEqual(lineOf(memoryOf(state, 0, 4)), [0, 1, 3, 'best', 1]);
  assert.deepEqual(lineOf(memoryOf(state, 0, 2)), [0, 1, 'best', 1]);
  assert.deepEqual(lineOf(memoryOf(state, 0, 1)), [0, 'best', undefined]);
  const [first, second, third] = state.candidates as [never, object, never];
  const candidates = [first, { ...second, address: 'localhost' } as never, third];
  assert.deepEqual(lineOf(memoryOf({ ...state, candidates }, 0, 4)), [0, 3, 'best', undefined]);
  assert.deepEqual(lineOf(memoryOf({ ...state, candidates: [] }, 0, 4)), ['best', undefined]);
});

test('a memory has no more candidates than its bound, and a state with more is none', () => {
  const memory = new DestinationMemory();
  for (let i = 0; i < 100; i += 1) memory.connected(at(0, `192.0.2.${i}`), 10, i, VIEW);
  const state = stateOf('a.test:443', memory, 100);
  assert.equal(state.candidates.length, CANDIDATES_MAX);
  assert.ok(isRouteState(state));
  const [first] = state.candidates as [RouteState['candidates'][0]];
  const more = { ...state, candidates: [...state.candidates, { ...first, address: '192.0.2.1' }] };
  assert.equal(isRouteState(more), false);
  assert.ok(memoryOf(more, 0, LINES).candidates.length <= CANDIDATES_MAX);
});

test('anything else than a state is told from one, whatever of it is missing or wrong', () => {
  const memory = new DestinationMemory();
  memory.connected(FIRST, 10, 0, VIEW);
  memory.failed(SECOND, 'reset', 0);
  const good = stateOf('a.test:443', memory, 100);
  assert.ok(isRouteState(good));
  for (const other of [undefined, null, 1, 'a', [], [good], {}, () => good]) assert.equal(isRouteState(other), false);
  const cases: [key: string, wrong: unknown[]][] = [
    ['destination', [1, 'a'.repeat(513), [], {}]],
    ['best', [-2, 2, 0.5, Number.NaN, '0']],
    ['candidates', [{}, 'ab', [null], [[]], { length: 0 }]],
  ];
  const wrongIn = <T extends object>(whole: T, key: string, value: unknown): T => ({ ...whole, [key]: value });
  for (const [key, wrong] of cases)
    for (const value of [undefined, null, ...wrong])
      assert.equal(isRouteState(wrongIn(good, key, value)), false, `${key} ${String(value)}`);
  const candidates: [key: string, wrong: unknown[]][] = [
    ['line', [-1, 0.5, Number.NaN, 2 ** 53, '0']],
    ['address', ['', 'localhost', '1.2.3', '1.2.3.4:80', 1, [192, 0, 2, 1]]],
    [
      'connect',
      [1, [], [1, 1], [1, 1, 1, 1], [-1, 1, 1], [1, Number.NaN, 1], [Infinity, 1, 1], [1, 1, 0.5], ['1', 1, 1]],
    ],
    ['first_byte', [1, [], [1, 1], [1, 1, 1, 1], [1, -1, 1], [1, 1, -1], [1, 1, 2 ** 53]]],
    ['successes', [-1, 0.5, '1', 2 ** 53]],
    ['worked_age_ms', [-1, Number.NaN, Infinity, '1', []]],
    ['streak', [-1, 0.5, '1']],
    ['mute', [0, 'false']],
    [
      'failures',
      [1, {}, [null], [{}], [{ cause: 'bored', count: 1, age_ms: 1 }], [{ cause: 'late', count: 0, age_ms: 1 }]],
    ],
    ['failures', [Array.from({ length: ROUTE_FAILURES.length + 1 }, () => ({ cause: 'late', count: 1, age_ms: 1 }))]],
    ['failures', [[{ cause: 'late', count: 1, age_ms: -1 }], [{ cause: 'late', count: 1, age_ms: Infinity }]]],
  ];
  for (const [key, wrong] of candidates) {
    const missing = key === 'worked_age_ms' ? [undefined] : [undefined, null];
    for (const value of [...missing, ...wrong]) {
      const broken = [...good.candidates.slice(0, 1), wrongIn(good.candidates[1] as object, key, value)];
      assert.equal(isRouteState({ ...good, candidates: broken }), false, `${key} ${String(value)}`);
    }
  }
  // Whatever a state has, it needs.
  for (const key of Object.keys(good)) assert.equal(isRouteState(wrongIn(good, key, undefined)), false, key);
  for (const key of Object.keys(good.candidates[0] as object))
    assert.equal(
      isRouteState({ ...good, candidates: [wrongIn(good.candidates[0] as object, key, undefined)], best: 0 }),
      false,
      key,
    );
});

test('no value makes the check throw, and what it lets through can be used', () => {
  const keys = fc.constantFrom('destination', 'candidates', 'best', 'line', 'address', 'connect', 'failures');
  const any = fc.oneof(fc.anything(), fc.dictionary(keys, fc.anything()));
  fc.assert(
    fc.property(any, (value) => {
      if (isRouteState(value)) memoryOf(value, 0, LINES);
    }),
    { numRuns: 5000 },
  );
});

/** The line of each candidate, and of the best. */
function lineOf({ candidates, best }: DestinationMemory): unknown[] {
  return [...candidates.map(({ line }) => line), 'best', best?.line];
}
