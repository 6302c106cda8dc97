// Why each line has its turn: a test for every reason, with the memory and the health that the race itself asks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Candidate } from '../../../src/protocol/lines/candidate.js';
import { USUAL } from '../../../src/protocol/lines/preference.js';
import { LineHealth } from '../../../src/protocol/race/line-health.js';
import { outlookOf } from '../../../src/protocol/race/outlook.js';
import type { Asked } from '../../../src/protocol/race/outlook-asked.js';
import type { CandidateMemory } from '../../../src/protocol/routes/candidate-memory.js';
import { DestinationMemory } from '../../../src/protocol/routes/destination-memory.js';
import { moveAway } from '../../../src/protocol/routes/moves.js';
import { candidate, lineView } from '../../helpers/candidates.js';

const TTL_MS = 600_000;
const HOME = candidate(0, 1);
const PHONE = candidate(1, 1);
const LINES = [
  { ...USUAL, number: 0, name: 'home', barred: undefined },
  { ...USUAL, number: 1, name: 'phone', barred: undefined },
];

const usual = (...candidates: Candidate[]) => candidates.map((one) => ({ candidate: one, isLast: false }));
const last = (...candidates: Candidate[]) => candidates.map((one) => ({ candidate: one, isLast: true }));

/** Two lines that are offered with an address each. */
function asked(more: Partial<Asked> = {}): Asked {
  return {
    ...{ lines: LINES, memory: undefined, lead: undefined, patience_ms: 0, kept: undefined },
    ...{ offered: usual(HOME, PHONE), leftOut: [], isSuspect: () => false, health: new LineHealth(2) },
    ...{ rules: { stagger_ms: 0, margin_ms: 30, unknown_ms: 150 }, ttl_ms: TTL_MS, refresh_ms: 0 },
    ...more,
  };
}

/** The turn of each line, its reasons, and those of its addresses. */
const told = (one: Asked, now: number) =>
  outlookOf(one, now).lines.map(({ line, turn, why, addresses }) => [
    `${line} ${turn}`,
    ...why,
    ...addresses.flatMap((address) => address.why),
  ]);

/** A memory in which both have worked at 1000, home a little faster. */
function memory(): DestinationMemory {
  const known = new DestinationMemory();
  known.connected(HOME, 20, 1000, lineView());
  known.connected(PHONE, 22, 1000, lineView());
  return known;
}

test('of a destination that nobody has asked for nothing is known', () => {
  const { alone_ms, stagger_ms } = outlookOf(asked(), 0);
  assert.deepEqual([alone_ms, stagger_ms], [undefined, 0]);
  assert.deepEqual(told(asked(), 0), [
    ['home others', { kind: 'unknown' }],
    ['phone others', { kind: 'unknown' }],
  ]);
});

test('the best goes first, and the figures of both are told', () => {
  const known = memory();
  const lead = known.choose(2000, TTL_MS, lineView(), false);
  const outlook = outlookOf(asked({ memory: known, lead, patience_ms: 5 }), 2000);
  // The mean and four deviations (half of it, after one sample), the margin, and the patience.
  assert.equal(outlook.alone_ms, 20 + 4 * 10 + 30 + 5);
  const measured = { first_byte_ms: undefined, worked_ms: 1000 };
  assert.deepEqual(outlook.lines[0].addresses, [
    { address: '192.0.2.1', turn: 'first', why: [{ kind: 'best' }], connect_ms: 20, ...measured },
  ]);
  assert.deepEqual(outlook.lines[1].addresses, [
    { address: '192.0.2.1', turn: 'others', why: [{ kind: 'not-better' }], connect_ms: 22, ...measured },
  ]);
});

test('what has failed to its blame tells for how long', () => {
  const known = memory();
  for (const at of [2000, 13_000, 34_000]) {
    known.failed(HOME, 'refused', at);
    known.connected(PHONE, 22, at, lineView());
  }
  const lead = known.choose(35_000, TTL_MS, lineView(), false);
  assert.deepEqual(told(asked({ memory: known, lead }), 35_000), [
    ['phone first', { kind: 'best' }],
    ['home others', { kind: 'failing', cause: 'refused', failures: 3, for_ms: 39_000 }],
  ]);
});

test('one that was silent where another answered comes last', () => {
  const known = memory();
  known.answered(PHONE, 10, 2000);
  known.failed(HOME, 'silent', 2100);
  const lead = known.choose(3000, TTL_MS, lineView(), false);
  const one = asked({ memory: known, lead, offered: [...usual(PHONE), ...last(HOME)] });
  assert.deepEqual(told(one, 3000)[1], [
    'home last',
    { kind: 'failing', cause: 'silent', failures: 1, for_ms: 9100 },
    { kind: 'mute' },
  ]);
});

test('a failure that may be the destination’s own is told as such', () => {
  const known = new DestinationMemory();
  known.connected(HOME, 20, 1000, lineView());
  known.failed(HOME, 'reset', 2000);
  assert.deepEqual(told(asked({ memory: known }), 2500)[0], [
    'home others',
    { kind: 'failed-lately', cause: 'reset', ago_ms: 500 },
  ]);
});

test('an address that its name no longer has is not in the race', () => {
  const known = memory();
  const home = known.find(HOME);
  assert(home);
  home.moved = { at: 500, to: Uint8Array.of(192, 0, 2, 7) };
  const lead = known.choose(2000, TTL_MS, lineView(), false);
  assert.deepEqual(told(asked({ memory: known, lead, offered: usual(PHONE) }), 2000), [
    ['phone first', { kind: 'best' }],
    ['home never', { kind: 'gone', to: '192.0.2.7', ago_ms: 1500 }],
  ]);
});

test('an address that stands in for another one says so, and one that is kept though its name has left it', () => {
  const known = memory();
  known.choose(1400, TTL_MS, lineView(), false);
  moveAway(known, known.find(HOME) as CandidateMemory, [Uint8Array.of(192, 0, 2, 7)], 1500);
  const lead = known.choose(2000, TTL_MS, lineView(), false);
  const offered = usual(candidate(0, 7), PHONE);
  assert.deepEqual(told(asked({ memory: known, lead, offered }), 2000)[0], [
    'home first',
    { kind: 'best' },
    { kind: 'stands-in', from: '192.0.2.1' },
    { kind: 'gone', to: '192.0.2.7', ago_ms: 500 },
  ]);
  const kept = known.find(HOME);
  assert.deepEqual(told(asked({ memory: known, lead: kept, kept: 0, offered }), 2000)[0], [
    'home first',
    { kind: 'kept' },
    { kind: 'best' },
    { kind: 'kept-though-moved', to: '192.0.2.7', ago_ms: 500 },
    { kind: 'stands-in', from: '192.0.2.1' },
  ]);
});

test('what worked too long ago, and a race of all that is due', () => {
  const known = memory();
  assert.deepEqual(told(asked({ memory: known }), 1000 + TTL_MS)[0], [
    'home others',
    { kind: 'worked-too-long-ago', ago_ms: TTL_MS },
  ]);
  known.raced = 1000;
  assert.deepEqual(told(asked({ memory: known, refresh_ms: 5000 }), 6000)[0], [
    'home others',
    { kind: 'race-is-due', raced_ms: 5000 },
  ]);
  known.raced = Number.NEGATIVE_INFINITY;
  assert.deepEqual(told(asked({ memory: known, refresh_ms: 5000 }), 6000)[0].slice(1), [
    { kind: 'race-is-due', raced_ms: undefined },
  ]);
});

test('a line whose proxy cannot be reached is left out, until its trial is due', () => {
  const health = new LineHealth(2);
  for (let failure = 0; failure < 3; failure += 1) health.proxyFailed(0, 1000);
  const one = asked({ health, offered: [...usual(PHONE), ...last(HOME)] });
  assert.deepEqual(told(one, 1200)[1], [
    'home last',
    { kind: 'circuit-open', failures: 3, for_ms: 800 },
    { kind: 'unknown' },
  ]);
  assert.deepEqual(told(asked({ health }), 2000)[0], [
    'home others',
    { kind: 'circuit-trial', failures: 3 },
    { kind: 'unknown' },
  ]);
});

test('a line whose link is down is told, whatever its circuit', () => {
  const health = new LineHealth(2);
  for (let failure = 0; failure < 3; failure += 1) health.proxyFailed(0, 1000);
  health.linkIs(0, false, 1000);
  const one = asked({ health, offered: [...usual(PHONE), ...last(HOME)] });
  assert.deepEqual(told(one, 1200)[1], ['home last', { kind: 'link-down' }, { kind: 'unknown' }]);
});

test('a line that counts as dead, and one whose budget is spent', () => {
  const healthy = new LineHealth(2);
  healthy.apply({ line: 1, kind: 'budget', spent: 1 }, 0);
  const health: Asked['health'] = {
    mayUse: () => true,
    answersEarly: () => false,
    circuit: () => undefined,
    isLinkDown: () => false,
    isDead: (line) => line === 0,
    spentBudgets: (line) => healthy.spentBudgets(line),
  };
  assert.deepEqual(told(asked({ health }), 0), [
    ['home others', { kind: 'dead' }, { kind: 'unknown' }],
    ['phone others', { kind: 'budget-spent', budgets: 1 }, { kind: 'unknown' }],
  ]);
});

test('a line that answers early is told', () => {
  const health = new LineHealth(2);
  health.setEarly(0, true, 0);
  assert.deepEqual(told(asked({ health }), 1)[0], ['home others', { kind: 'answers-early' }, { kind: 'unknown' }]);
});

test('a sticky rule keeps one line, and so the others come last', () => {
  const one = asked({ kept: 1, offered: [...usual(PHONE), ...last(HOME)] });
  assert.deepEqual(told(one, 0), [
    ['phone others', { kind: 'kept' }, { kind: 'unknown' }],
    ['home last', { kind: 'another-is-kept', line: 'phone' }, { kind: 'unknown' }],
  ]);
});

test('lines that the rule or the user has not come never', () => {
  const lines = [
    { ...USUAL, number: 0, name: 'home', barred: 'kept-away-by-rule' as const },
    { ...USUAL, number: 1, name: 'phone', barred: 'not-for-user' as const },
  ];
  assert.deepEqual(told(asked({ lines, offered: [] }), 0), [
    ['home never', { kind: 'kept-away-by-rule' }],
    ['phone never', { kind: 'not-for-user' }],
  ]);
});

test('addresses that are suspected come last, and those that are forbidden never', () => {
  const one = asked({
    offered: last(HOME),
    leftOut: [{ candidate: PHONE, cause: 'egress-denied' }],
    isSuspect: ({ line }) => line === 0,
  });
  assert.deepEqual(told(one, 0), [
    ['home last', { kind: 'suspect-address' }, { kind: 'unknown' }],
    ['phone never', { kind: 'forbidden', cause: 'egress-denied' }],
  ]);
});
