// Candidates against which other gateways speak: they wait for the others, for a moment, and all start.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Candidate, sameCandidate } from '../../../src/protocol/lines/candidate.js';
import { lineOf } from '../../../src/protocol/lines/line.js';
import { Preferences } from '../../../src/protocol/lines/preferences.js';
import { type PlanRules, RacePlan, type Room } from '../../../src/protocol/race/plan.js';
import { TierGate } from '../../../src/protocol/race/tier-gate.js';
import { candidate } from '../../helpers/candidates.js';

const RULES: PlanRules = { stagger_ms: 0, margin_ms: 30, unknown_ms: 150 };
const ROOM: Room = { hasRoom: () => true };

const text = ({ line, ip }: Candidate): string => `${line}.${ip[3]}`;

/** Everything that starts now. */
function start(plan: RacePlan, now: number): string[] {
  const started: string[] = [];
  for (let one = plan.take(now, 100, ROOM); one !== undefined; one = plan.take(now, 100, ROOM)) started.push(text(one));
  return started;
}

/** Two addresses of each of these lines; lines of `down` are spoken against. */
function offered(down: readonly number[], lines: readonly number[] = [0, 1], plan = new RacePlan(RULES)): RacePlan {
  plan.hold(250, ({ line }) => down.includes(line));
  for (const line of lines) plan.offer([candidate(line, 1), candidate(line, 2)], false);
  return plan;
}

test('what is spoken against waits until its time, and the race wakes for it', () => {
  const plan = offered([0]);
  assert.deepEqual(
    [start(plan, 0), plan.wakeAt(0), plan.spares, plan.hasWaiting],
    [['1.1', '1.2'], 250, 'warned', true],
  );
  assert.deepEqual([start(plan, 249), start(plan, 250), plan.spares], [[], ['0.1', '0.2'], undefined]);
  assert.equal(plan.hasHeld, true);
});

test('an address that is spoken against waits, its line does not', () => {
  const plan = new RacePlan(RULES);
  const bad = candidate(0, 1);
  plan.hold(250, (one) => sameCandidate(one, bad));
  plan.offer([bad, candidate(0, 2)], false);
  plan.offer([candidate(1, 1)], false);
  assert.deepEqual([start(plan, 0), start(plan, 250)], [['0.2', '1.1'], ['0.1']]);
});

test('once another has failed, or does not answer, nothing waits any more', () => {
  const failing = offered([0]);
  start(failing, 0);
  failing.failed(candidate(1, 1), 10);
  assert.deepEqual(start(failing, 10), ['0.1', '0.2']);
  const mute = offered([0]);
  start(mute, 0);
  mute.demand(20);
  assert.deepEqual(start(mute, 20), ['0.1', '0.2']);
});

test('where all are spoken against they are all alike', () => {
  const plan = offered([0, 1]);
  assert.deepEqual(start(plan, 0), []);
  plan.allOffered();
  assert.deepEqual(start(plan, 0), ['0.1', '1.1', '0.2', '1.2']);
});

test('that others are done with their lookups releases nothing while one of them runs', () => {
  const plan = offered([0]);
  start(plan, 0);
  plan.allOffered();
  assert.deepEqual(start(plan, 1), []);
});

test('the line of a hint is not held back, whether the hint comes before its candidates or later', () => {
  const before = new RacePlan(RULES);
  before.hint(0, 70, false);
  offered([0], [0, 1], before);
  assert.deepEqual(
    [start(before, 0), start(before, 70)],
    [
      ['0.1', '0.2'],
      ['1.1', '1.2'],
    ],
  );
  const later = offered([0]);
  later.hint(0, 70, false);
  assert.deepEqual(
    [start(later, 0), start(later, 70)],
    [
      ['0.1', '0.2'],
      ['1.1', '1.2'],
    ],
  );
});

test('where lines are preferred, nothing is held back: a dearer one would begin for it', () => {
  const lines = [0, 1].map((tier) => ({ ...lineOf(tier, `${tier}`, { ip: undefined, port: 0 }, []), tier }));
  const patience = { holds_ms: () => 60, firstOf: () => undefined };
  const plan = new RacePlan(RULES, new TierGate(Preferences.of(lines) as Preferences, patience, 150));
  plan.begin([0, 1], 0);
  offered([0], [0, 1], plan);
  assert.deepEqual([start(plan, 0), plan.wakeAt(0), plan.hasHeld], [['0.1', '0.2'], 60, false]);
});

test('the last resort stays the last', () => {
  const plan = offered([0], [0]);
  plan.offer([candidate(2, 1)], true);
  assert.deepEqual([start(plan, 0), start(plan, 250)], [[], ['0.1', '0.2']]);
});

test('whatever is said, all start, none later than 250 ms after the moment in which it would, and what nobody speaks of at once', () => {
  const all = [0, 1, 2].flatMap((line) => [1, 2].map((octet) => candidate(line, octet)));
  fc.assert(
    fc.property(
      fc.subarray(all),
      fc.option(fc.record({ line: fc.nat(3), until: fc.integer({ min: 0, max: 250 }), mute: fc.subarray([0, 1, 2]) })),
      (against, hint) => {
        const plan = new RacePlan(RULES);
        plan.hold(250, (one) => against.includes(one));
        for (const line of [0, 1, 2]) {
          plan.offer(
            all.filter((one) => one.line === line),
            false,
          );
          plan.settled(line);
        }
        if (hint !== null) plan.hint(hint.line, hint.until, false, { ip: undefined, mute: hint.mute, muteUntil: 250 });
        plan.allOffered();
        const started = new Map<string, number>();
        let now = 0;
        for (let wakes = 0; wakes < 20 && plan.hasWaiting; wakes += 1) {
          for (const one of start(plan, now)) started.set(one, now);
          const next = plan.wakeAt(now);
          assert.ok(next > now || !plan.hasWaiting, `the race wakes again after ${now} ms`);
          now = next;
        }
        assert.equal(started.size, all.length);
        for (const at of started.values()) assert.ok(at <= 250);
        if (hint === null && against.length < all.length)
          for (const one of all) if (!against.includes(one)) assert.equal(started.get(text(one)), 0);
      },
    ),
  );
});
