// Properties of races with tiers and costs, whatever happens in them. Single races are recorded in test/fixtures/races.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Candidate } from '../../../src/protocol/lines/candidate.js';
import { lineOf } from '../../../src/protocol/lines/line.js';
import { Preferences } from '../../../src/protocol/lines/preferences.js';
import { type PlanRules, RacePlan } from '../../../src/protocol/race/plan.js';
import { TierGate } from '../../../src/protocol/race/tier-gate.js';
import { CandidateMemory } from '../../../src/protocol/routes/candidate-memory.js';
import { candidate } from '../../helpers/candidates.js';

const RULES = { stagger_ms: 0, margin_ms: 30, unknown_ms: 150 };
const ROOM = { hasRoom: () => true };
const HOLDS_MS = 100;

interface Shape {
  readonly tiers: readonly { readonly tier: number; readonly cost_ms: number; readonly count: number }[];
  /** Lines whose names are looked up, and which are never found. */
  readonly looked: readonly number[];
  readonly lead: boolean;
  readonly steps: readonly (readonly ['failed' | 'connected' | 'demand' | 'settled' | 'pass', number])[];
}

const shape: fc.Arbitrary<Shape> = fc.record({
  tiers: fc.array(
    fc.record({ tier: fc.nat(3), cost_ms: fc.constantFrom(0, 0, 20, 300), count: fc.integer({ min: 1, max: 3 }) }),
    {
      minLength: 1,
      maxLength: 5,
    },
  ),
  looked: fc.array(fc.nat(4)),
  lead: fc.boolean(),
  steps: fc.array(
    fc.tuple(
      fc.constantFrom('failed' as const, 'connected' as const, 'demand' as const, 'settled' as const, 'pass' as const),
      fc.nat(200),
    ),
    { maxLength: 40 },
  ),
});

/** Runs a race to its end; `[time, line]` of all starts. */
function run({ tiers, looked, lead, steps }: Shape): readonly (readonly [number, number])[] {
  const source = { ip: undefined, port: 0 };
  const lines = tiers.map((one, line) => lineOf(line, `${line}`, source, [], { ...one, weight: 1 }));
  const preferences = Preferences.of(lines) as Preferences;
  const firstOf = (equal: readonly number[]): number => preferences.shareOf('site.test:443', equal);
  const plan = new RacePlan(RULES, new TierGate(preferences, { holds_ms: () => HOLDS_MS, firstOf }, RULES.unknown_ms));
  const starts: (readonly [number, number])[] = [];
  const underWay: Candidate[] = [];
  let now = 0;
  if (lead) {
    const best = new CandidateMemory(candidate(0, 1));
    plan.lead(best, now);
    underWay.push(best);
    now = 150;
  }
  const begin = (): void => {
    for (let one = plan.take(now, 100, ROOM); one !== undefined; one = plan.take(now, 100, ROOM)) {
      starts.push([now, one.line]);
      underWay.push(one);
    }
  };
  /** To a later time, with a look whenever the plan asks for one. */
  const pass = (ms: number): void => {
    const end = now + ms;
    for (let wake = plan.wakeAt(now); wake > now && wake <= end; wake = plan.wakeAt(now)) {
      now = wake;
      begin();
    }
    now = end;
    begin();
  };
  plan.begin(
    lines.map(({ number }) => number),
    now,
  );
  for (const { number } of lines) {
    const count = tiers[number]?.count ?? 0;
    plan.offer(
      Array.from({ length: count }, (_, i) => candidate(number, i + 1)),
      false,
    );
    if (!looked.includes(number)) plan.settled(number);
  }
  begin();
  for (const [what, ms] of steps) {
    pass(ms);
    const one = what === 'failed' || what === 'connected' ? underWay.shift() : undefined;
    if (one !== undefined && what === 'failed') plan.failed(one, now);
    else if (one !== undefined) plan.connected(one);
    else if (what === 'demand') plan.demand(now);
    else if (what === 'settled') plan.settled(ms % tiers.length);
    begin();
  }
  for (let i = 0; i < 100 && plan.hasWaiting; i += 1) pass(1000);
  assert.equal(plan.hasWaiting, false, 'something never starts');
  return starts;
}

test('whatever happens: everything starts once, by time alone, and the same events give the same race', () => {
  fc.assert(
    fc.property(shape, (race) => {
      const starts = run(race);
      const counts = race.tiers.map((_, line) => starts.filter((start) => start[1] === line).length);
      assert.deepEqual(
        counts,
        race.tiers.map(({ count }, line) => (race.lead && line === 0 ? count - 1 : count)),
      );
      assert.deepEqual(run(race), starts);
    }),
  );
});

test('where nothing fails, each tier has its time alone, and dearer lines of a tier their head start', () => {
  fc.assert(
    fc.property(shape, (race) => {
      const starts = run({ ...race, lead: false, steps: [] });
      const began = (line: number): number =>
        (starts.find((start) => start[1] === line) as readonly [number, number])[0];
      for (const [line, { tier, cost_ms }] of race.tiers.entries()) {
        for (const [other, below] of race.tiers.entries()) {
          if (below.tier < tier) assert.ok(began(line) >= began(other) + HOLDS_MS, `tier ${tier} and ${below.tier}`);
          // Of equal lines one goes first.
          const equal = race.tiers.flatMap((one, at) =>
            one.tier === tier && one.cost_ms === below.cost_ms ? [at] : [],
          );
          const first = Math.min(...equal.map(began));
          if (below.tier === tier && below.cost_ms < cost_ms)
            assert.ok(began(line) - first >= cost_ms - below.cost_ms, `cost ${cost_ms} and ${below.cost_ms}`);
        }
      }
    }),
  );
});

/** A race whose lines have these tiers and two addresses each, of which none is slow by its history. */
function raceOf(tiers: readonly number[], rules: PlanRules): RacePlan {
  const source = { ip: undefined, port: 0 };
  const lines = tiers.map((tier, line) => lineOf(line, `${line}`, source, [], { tier, cost_ms: 0, weight: undefined }));
  const gate = new TierGate(
    Preferences.of(lines) as Preferences,
    { holds_ms: () => HOLDS_MS, firstOf: () => undefined },
    rules.unknown_ms,
  );
  const plan = new RacePlan(rules, gate);
  plan.begin(
    lines.map(({ number }) => number),
    0,
  );
  return plan;
}

function offerAll(plan: RacePlan, lines: number): void {
  for (let line = 0; line < lines; line += 1) {
    plan.offer([candidate(line, 1), candidate(line, 2)], false);
    plan.settled(line);
  }
}

test('staggered starts within a tier do not wait until the next tier is due', () => {
  const plan = raceOf([0, 0, 1], { ...RULES, stagger_ms: 10 });
  offerAll(plan, 3);
  assert.equal(plan.take(0, 100, ROOM)?.line, 0);
  assert.deepEqual([plan.take(0, 100, ROOM), plan.wakeAt(0)], [undefined, 10]);
  assert.equal(plan.take(10, 100, ROOM)?.line, 1);
});

test('a hinted line without room keeps nobody waiting for a turn that never comes', () => {
  const plan = raceOf([0, 1, 2], RULES);
  plan.hint(1, 0, true);
  offerAll(plan, 3);
  const room = { hasRoom: (line: number) => line !== 1 };
  assert.deepEqual([plan.take(0, 100, room)?.line, plan.take(0, 100, room)?.line], [0, 0]);
  assert.deepEqual([plan.take(0, 100, room), plan.wakeAt(0)], [undefined, HOLDS_MS]);
});
