// What a hint of another gateway does to the plan of a race: which line begins, which addresses, and who waits for how long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Candidate } from '../../../src/protocol/lines/candidate.js';
import { lineOf } from '../../../src/protocol/lines/line.js';
import { Preferences } from '../../../src/protocol/lines/preferences.js';
import { type PlanRules, RacePlan, type Room } from '../../../src/protocol/race/plan.js';
import { TierGate } from '../../../src/protocol/race/tier-gate.js';
import type { ToldBeside } from '../../../src/protocol/routes/foreign-hint.js';
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

const beside = (told: Partial<ToldBeside>): ToldBeside => ({ ip: undefined, mute: [], muteUntil: 250, ...told });

/** Undefined where all are of one tier. */
function preferring(tiers: readonly number[]): Preferences | undefined {
  const source = { ip: undefined, port: 0 };
  return Preferences.of(tiers.map((tier, line) => ({ ...lineOf(line, `${line}`, source, []), tier })));
}

function offered(plan: RacePlan, ...lines: readonly number[]): RacePlan {
  for (const line of lines) plan.offer([candidate(line, 1), candidate(line, 2)], false);
  return plan;
}

test('a hint that comes when the candidates are known puts its line and its address first', () => {
  for (const isLate of [true, false]) {
    const plan = new RacePlan(RULES);
    const hint = (): void => plan.hint(1, 70, false, beside({ ip: candidate(1, 2).ip }));
    if (!isLate) hint();
    offered(plan, 0, 1);
    if (isLate) hint();
    assert.deepEqual([start(plan, 0), plan.isHintSparing, plan.wakeAt(0)], [['1.2', '1.1'], true, 70]);
    assert.deepEqual([start(plan, 70), plan.isHintSparing], [['0.1', '0.2'], false]);
  }
});

test('an address that the line does not have changes nothing', () => {
  const plan = offered(new RacePlan(RULES), 0, 1);
  plan.hint(1, 0, false, beside({ ip: candidate(1, 9).ip }));
  assert.deepEqual(start(plan, 0), ['1.1', '0.1', '1.2', '0.2']);
});

test('a line that does not answer there waits longer than the others, and no longer than its time', () => {
  const plan = offered(new RacePlan(RULES), 0, 1, 2);
  plan.hint(1, 70, false, beside({ mute: [0] }));
  assert.deepEqual([start(plan, 0), plan.wakeAt(0)], [['1.1', '1.2'], 70]);
  assert.deepEqual([start(plan, 70), plan.wakeAt(70)], [['2.1', '2.2'], 250]);
  assert.deepEqual([start(plan, 249), start(plan, 250)], [[], ['0.1', '0.2']]);
});

test('where only lines wait that do not answer there, the race wakes for them', () => {
  const plan = offered(new RacePlan(RULES), 0, 1);
  plan.hint(1, 70, false, beside({ mute: [0] }));
  start(plan, 0);
  assert.deepEqual([start(plan, 70), plan.wakeAt(70), start(plan, 250)], [[], 250, ['0.1', '0.2']]);
  assert.ok(plan.wakeAt(250) <= 250, 'nothing is left to wake for');
});

test('when the line fails, or does not answer here, nothing that was said of the others counts', () => {
  const failed = offered(new RacePlan(RULES), 0, 1);
  failed.hint(1, 70, false, beside({ mute: [0] }));
  start(failed, 0);
  failed.failed(candidate(1, 1), 10);
  assert.deepEqual(start(failed, 10), ['0.1', '0.2']);
  const silent = offered(new RacePlan(RULES), 0, 1);
  silent.hint(1, 70, false, beside({ mute: [0] }));
  start(silent, 0);
  silent.connected(candidate(1, 1));
  silent.demand(20);
  assert.deepEqual(start(silent, 20), ['0.1', '0.2']);
});

test('the line itself does not wait, whatever is said', () => {
  const plan = offered(new RacePlan(RULES), 1);
  plan.hint(1, 70, false, beside({ mute: [1] }));
  assert.deepEqual(start(plan, 0), ['1.1', '1.2']);
});

test('a dearer line begins where the cheaper one does not answer there, and that one still has its turn', () => {
  const tiers = preferring([0, 1]) as Preferences;
  const patience = { holds_ms: () => 60, firstOf: () => undefined };
  const plan = new RacePlan(RULES, new TierGate(tiers, patience, 150));
  plan.begin([0, 1], 0);
  offered(plan, 0, 1);
  for (const line of [0, 1]) plan.settled(line);
  plan.hint(1, 0, true, beside({ mute: [0] }));
  assert.deepEqual([start(plan, 0), plan.isHintSparing], [['1.1', '1.2'], true]);
  let now = 1;
  for (let wakes = 0; now < 250 && wakes < 5; wakes += 1) {
    assert.deepEqual(start(plan, now), []);
    now = plan.wakeAt(now);
  }
  assert.deepEqual([now, start(plan, 250)], [250, ['0.1', '0.2']]);
});

test('whatever another gateway says, everything starts once, and within 250 ms', () => {
  const lines = [0, 1, 2];
  const said = fc.record({
    ...{ line: fc.constantFrom(...lines), until: fc.nat(250), muteUntil: fc.nat(250), passes: fc.boolean() },
    ...{ mute: fc.subarray(lines), last: fc.nat(3), hasAddress: fc.boolean() },
  });
  const shape = fc.record({
    ...{ said, tiers: fc.option(fc.tuple(...lines.map(() => fc.nat(2))), { nil: undefined }) },
    ...{ counts: fc.tuple(...lines.map(() => fc.nat(2))), isLate: fc.boolean() },
  });
  fc.assert(
    fc.property(
      shape,
      ({ said: { line, until, passes, mute, muteUntil, last, hasAddress }, tiers, counts, isLate }) => {
        const holds_ms = 60;
        const preferences = tiers && preferring(tiers);
        const gate =
          preferences && new TierGate(preferences, { holds_ms: () => holds_ms, firstOf: () => undefined }, 150);
        const plan = new RacePlan(RULES, gate);
        const hint = (): void =>
          plan.hint(line, until, passes, { ip: hasAddress ? candidate(line, last).ip : undefined, mute, muteUntil });
        if (plan.isGated) plan.begin(lines, 0);
        if (!isLate) hint();
        const all = lines.flatMap((one) =>
          Array.from({ length: counts[one] }, (_, place) => candidate(one, place + 1)),
        );
        for (const one of lines) {
          const own = all.filter((each) => each.line === one);
          if (own.length > 0) plan.offer(own, false);
          plan.settled(one);
        }
        if (isLate && plan.isWaiting(line)) hint();
        const started: string[] = [];
        let now = 0;
        for (let wakes = 0; wakes < 20; wakes += 1) {
          started.push(...start(plan, now));
          const next = plan.wakeAt(now);
          if (!plan.hasWaiting || next <= now || next === Number.POSITIVE_INFINITY) break;
          now = next;
        }
        assert.deepEqual(started.sort(), all.map(text).sort());
        // Tiers hold back others for as long as they always do.
        assert.ok(now <= 250 + (preferences === undefined ? 0 : 2 * holds_ms), `the last one began after ${now} ms`);
      },
    ),
  );
});
