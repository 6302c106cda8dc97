// Why each line has its turn: a test for every reason, with the memory and the health that the race itself asks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Candidate } from '../../../../src/protocol/lines/candidate.js';
import { LineHealth } from '../../../../src/protocol/lines/health/health.js';
import { lineOf } from '../../../../src/protocol/lines/line.js';
import { type Preference, USUAL } from '../../../../src/protocol/lines/preference.js';
import { Preferences } from '../../../../src/protocol/lines/preferences.js';
import type { Asked } from '../../../../src/protocol/race/outlook/asked.js';
import { outlookOf } from '../../../../src/protocol/race/outlook/outlook.js';
import { lastOf, type PlanStep, scheduleOf } from '../../../../src/protocol/race/outlook/schedule.js';
import type { CandidateMemory } from '../../../../src/protocol/routes/candidate-memory.js';
import { DestinationMemory } from '../../../../src/protocol/routes/destination-memory.js';
import { moveAway } from '../../../../src/protocol/routes/moves.js';
import { candidate, lineView } from '../../../helpers/candidates.js';

const TTL_MS = 600_000;
const HOME = candidate(0, 1);
const PHONE = candidate(1, 1);
const LINES = [
  { ...USUAL, number: 0, name: 'home', barred: undefined },
  { ...USUAL, number: 1, name: 'phone', barred: undefined },
];

interface Offered {
  readonly candidate: Candidate;
  readonly isLast: boolean;
}

const usual = (...candidates: Candidate[]) => candidates.map((one) => ({ candidate: one, isLast: false }));
const last = (...candidates: Candidate[]) => candidates.map((one) => ({ candidate: one, isLast: true }));

interface World extends Partial<Omit<Asked, 'schedule' | 'lastResort'>> {
  readonly offered?: readonly Offered[];
  readonly patience_ms?: number;
  /** How long each line may hold back others. */
  readonly holds_ms?: readonly number[];
}

const RULES = { stagger_ms: 0, margin_ms: 30, unknown_ms: 150 };

/** With what another gateway's hint begins. */
const hintedBy = (told: Asked['told']) =>
  told && {
    ...{ line: told.line, until_ms: 90, passes: false },
    beside: { ip: undefined, mute: told.mute, muteUntil: 250 },
  };

/** Two lines that are offered with an address each. */
function asked({ offered = usual(HOME, PHONE), patience_ms = 0, holds_ms = [], ...more }: World = {}): Asked {
  const { lead, preferences, hint, told, isHeldBack } = more;
  const held = isHeldBack && { until_ms: 250, isSpokenAgainst: isHeldBack };
  const hinted = hint ? { line: hint.line, until_ms: hint.alone_ms ?? 0, passes: false } : hintedBy(told);
  const lines = [...new Set(offered.filter(({ isLast }) => !isLast).map((one) => one.candidate.line))];
  const steps: PlanStep[] = [
    { kind: 'begin', lines },
    ...offered.map(({ candidate: one, isLast }): PlanStep => ({ kind: 'offer', candidates: [one], isLast })),
    ...lines.map((line): PlanStep => ({ kind: 'settled', line })),
  ];
  const patience = { holds_ms: ({ line }: Candidate) => holds_ms[line] ?? 0, firstOf: () => 0 };
  return {
    ...{
      lines: LINES,
      memory: undefined,
      lead: undefined,
      pinned: undefined,
      kept: undefined,
      home: undefined,
      preferences: undefined,
    },
    ...{ hint: undefined, told: undefined, rates: undefined },
    schedule: scheduleOf({ rules: RULES, preferences, patience, lead, patience_ms, hinted, held, steps }),
    lastResort: lastOf(steps),
    ...{ leftOut: [], isSuspect: () => false, isTold: () => false, isHeldBack: () => false },
    ...{ health: new LineHealth(2), stagger_ms: 0, ttl_ms: TTL_MS, refresh_ms: 0 },
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
    { address: '192.0.2.1', turn: 'first', starts_ms: 0, why: [{ kind: 'best' }], connect_ms: 20, ...measured },
  ]);
  assert.deepEqual(outlook.lines[1].addresses, [
    { address: '192.0.2.1', turn: 'others', starts_ms: 95, why: [{ kind: 'not-better' }], connect_ms: 22, ...measured },
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

test('a line that another gateway calls down, and an address that it calls false, wait at a first contact', () => {
  const health = new LineHealth(2);
  health.apply({ kind: 'foreign-down', line: 0, by: 'b', ago_ms: 0, for_ms: 5000 }, 0);
  const isHome = ({ line }: Candidate): boolean => line === HOME.line;
  const first = asked({ health, isHeldBack: isHome, isTold: isHome });
  assert.deepEqual(told(first, 0), [
    ['phone others', { kind: 'unknown' }],
    [
      ...['home others', { kind: 'down-elsewhere', gateway: 'b' }],
      ...[{ kind: 'held-back', by: 'warned', starts_ms: 250 }, { kind: 'false-elsewhere' }, { kind: 'unknown' }],
    ],
  ]);
  const known = asked({ health, isTold: isHome, memory: memory(), lead: memory().find(HOME) });
  assert.deepEqual(told(known, 1200)[0], ['home first', { kind: 'best' }]);
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
    foreignDown: () => undefined,
  };
  assert.deepEqual(told(asked({ health }), 0), [
    ['home others', { kind: 'dead' }, { kind: 'unknown' }],
    ['phone others', { kind: 'budget-spent', budgets: 1, tier: 1 }, { kind: 'unknown' }],
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
    { ...USUAL, number: 0, name: 'home', barred: { kind: 'kept-away-by-rule' } as const },
    { ...USUAL, number: 1, name: 'phone', barred: { kind: 'not-for-user' } as const },
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

/** Preferences of two lines, of which only these keys differ from the usual ones. */
function preferring(phone: Partial<Preference>, home: Partial<Preference> = {}): Preferences {
  const lineWith = (number: number, name: string, more: Partial<Preference>) =>
    lineOf(number, name, { ip: undefined, port: 0 }, [], { ...USUAL, ...more });
  const preferences = Preferences.of([lineWith(0, 'home', home), lineWith(1, 'phone', phone)]);
  assert(preferences);
  return preferences;
}

test('a line of a higher tier starts when those of the lower one have had their time', () => {
  const outlook = outlookOf(asked({ preferences: preferring({ tier: 1 }), holds_ms: [80, 0] }), 0);
  assert.deepEqual(
    outlook.lines.map(({ line, tier, why, addresses: [first] }) => [line, tier, first.starts_ms, ...why]),
    [
      ['home', 0, 0],
      ['phone', 1, 80, { kind: 'held-back', by: 'tier', starts_ms: 80 }],
    ],
  );
});

test('a dearer line waits for its cost, and one of equal lines for its turn', () => {
  const of = (preferences: Preferences) =>
    told(asked({ preferences, holds_ms: [80, 0] }), 0).find(([line]) => line === 'phone others');
  assert.deepEqual(of(preferring({ cost_ms: 40 }))?.[1], { kind: 'held-back', by: 'cost', starts_ms: 40 });
  const spread = preferring({ weight: 1 }, { weight: 3 });
  assert.deepEqual(of(spread)?.[1], { kind: 'held-back', by: 'weight', starts_ms: 80 });
});

test('where a dearer line carries the destination, it is told when a cheaper one is tried', () => {
  const preferences = preferring({ tier: 1 });
  const known = new DestinationMemory();
  const lead = known.connected(PHONE, 22, 1000, lineView());
  const trial = (home: Asked['home']) =>
    told(asked({ memory: known, lead, preferences, home }), 2000).find(([line]) => line === 'home others');
  assert.deepEqual(trial({ trial: HOME, waits_ms: 0 })?.[1], { kind: 'home-trial-due' });
  assert.deepEqual(trial({ trial: undefined, waits_ms: 42_000 })?.[1], { kind: 'home-trial-later', for_ms: 42_000 });
  assert.deepEqual(trial({ trial: undefined, waits_ms: 0 })?.[1], { kind: 'unknown' });
});

test('a line that works but is dearer than the first says by what, and not that it is not faster', () => {
  const known = memory();
  const why = (preferences: Preferences) => {
    const lead = known.choose(2000, TTL_MS, { ...lineView(), preferences }, false);
    const one = asked({ memory: known, lead, preferences });
    return outlookOf(one, 2000).lines.map(({ line, addresses: [first] }) => [line, ...first.why]);
  };
  const best = ['home', { kind: 'best' }];
  assert.deepEqual(why(preferring({ tier: 1 })), [best, ['phone', { kind: 'dearer', by: 'tier' }]]);
  assert.deepEqual(why(preferring({ cost_ms: 40 })), [best, ['phone', { kind: 'dearer', by: 'cost' }]]);
  // Of one tier and cost, only times decide.
  assert.deepEqual(why(preferring({ weight: 1 }, { weight: 3 })), [best, ['phone', { kind: 'not-better' }]]);
});

test('a line that works but whose link is down, or that is dead, says only that', () => {
  const known = memory();
  const lead = known.find(HOME);
  const of = (health: LineHealth) =>
    told(asked({ memory: known, lead, health, offered: [...usual(HOME), ...last(PHONE)] }), 2000);
  const down = new LineHealth(2);
  down.linkIs(1, false, 1500);
  assert.deepEqual(of(down)[1], ['phone last', { kind: 'link-down' }, { kind: 'worked-before' }]);
  assert.deepEqual(of(new LineHealth(2))[1], ['phone last', { kind: 'not-better' }]);
});

test('a cheaper line that was silent, and comes last, tells when it is tried again: not while it fails', () => {
  const preferences = preferring({ tier: 1 });
  const known = memory();
  known.answered(PHONE, 10, 2000);
  known.failed(HOME, 'silent', 2100);
  const lead = known.find(PHONE);
  const offered = [...usual(PHONE), ...last(HOME)];
  const failing = [{ kind: 'failing', cause: 'silent', failures: 1, for_ms: 9100 }, { kind: 'mute' }];
  for (const [waits_ms, for_ms] of [
    [20_000, 20_000],
    [1000, 9100],
  ]) {
    const one = asked({ memory: known, lead, preferences, home: { trial: undefined, waits_ms }, offered });
    assert.deepEqual(told(one, 3000)[1], ['home last', { kind: 'home-trial-later', for_ms }, ...failing]);
  }
  const health = new LineHealth(2);
  health.linkIs(0, false, 2500);
  const down = asked({
    memory: known,
    lead,
    preferences,
    health,
    home: { trial: undefined, waits_ms: 20_000 },
    offered,
  });
  assert.deepEqual(told(down, 3000)[1].slice(1, 2), [{ kind: 'link-down' }]);
});

test('a cheaper line that has not worked since its last failure is not trusted with the client', () => {
  const known = memory();
  known.failed(HOME, 'refused', 2000);
  const preferences = preferring({ tier: 1 });
  const now = 2000 + 20_000;
  const lead = known.choose(now, TTL_MS, { ...lineView(), preferences }, false);
  assert.deepEqual(
    told(asked({ memory: known, lead, preferences }), now).map(([line, why]) => [line, why]),
    [
      ['phone first', { kind: 'best' }],
      ['home others', { kind: 'unproven' }],
    ],
  );
});

test('a first contact begins with the line of a neighbour, and says whose; the others say that they wait for it', () => {
  const hint = { line: 1, from: 'www.site.test:443', by: 'site', worked: 500, alone_ms: 90, isNeeded: false } as const;
  const carries = { kind: 'carries-neighbour', neighbour: 'www.site.test:443', ago_ms: 1500 };
  assert.deepEqual(
    outlookOf(asked({ hint }), 2000).lines.map(({ line, why, addresses: [first] }) => [line, first.starts_ms, ...why]),
    [
      ['phone', 0, carries],
      ['home', 90, { kind: 'held-back', by: 'hint', starts_ms: 90 }],
    ],
  );
  // Without a wait it is only an order.
  assert.deepEqual(
    outlookOf(asked({ hint: { ...hint, alone_ms: undefined } }), 2000).lines.map(({ line, why }) => [line, ...why]),
    [['home'], ['phone', carries]],
  );
});

test('a first contact begins with the line of which another gateway tells; what is mute there says so, and waits longer', () => {
  const hint = { line: 1, mute: [0], from: 'b', age_ms: 12_000 };
  assert.deepEqual(
    outlookOf(asked({ told: hint }), 2000).lines.map(({ line, why, addresses: [first] }) => [
      ...[line, first.starts_ms],
      ...why,
    ]),
    [
      ['phone', 0, { kind: 'told-by-gateway', gateway: 'b', ago_ms: 12_000 }],
      ['home', 250, { kind: 'mute-elsewhere', gateway: 'b' }, { kind: 'held-back', by: 'told', starts_ms: 250 }],
    ],
  );
});

test('what works only as another gateway has said does not lead before all have raced', () => {
  const known = new DestinationMemory();
  known.connected(HOME, 20, 1000, lineView(), { race: 'told' });
  const [home] = outlookOf(asked({ memory: known }), 2000).lines;
  assert.deepEqual(home.addresses[0].why, [{ kind: 'hearsay' }]);
});
