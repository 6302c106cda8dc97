import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Candidate } from '../../../src/protocol/lines/candidate.js';
import { type PlanRules, RacePlan, type Room } from '../../../src/protocol/race/plan.js';
import { CandidateMemory } from '../../../src/protocol/routes/candidate-memory.js';
import { candidate } from '../../helpers/candidates.js';

const RULES: PlanRules = { stagger_ms: 0, margin_ms: 30, unknown_ms: 150 };
const ROOM: Room = { hasRoom: () => true };
const MANY = 100;

const text = ({ line, ip }: Candidate): string => `${line}.${ip[3]}`;

/** The candidate of a text. */
function parsed(written: string): Candidate {
  const [line, last] = written.split('.').map(Number);
  return candidate(line, last);
}

/** Everything that starts now. */
function start(plan: RacePlan, now: number, most = MANY, room = ROOM): string[] {
  const started: string[] = [];
  for (let one = plan.take(now, most, room); one !== undefined; one = plan.take(now, most, room))
    started.push(text(one));
  return started;
}

function remembered(line: number, ...connect_ms: number[]): CandidateMemory {
  const memory = new CandidateMemory(candidate(line));
  for (const ms of connect_ms) memory.connects(ms, 0);
  return memory;
}

test('nothing known: all at once, the lines taking turns', () => {
  const plan = new RacePlan(RULES);
  plan.offer([candidate(0, 1), candidate(0, 2), candidate(0, 3)], false);
  plan.offer([candidate(1, 1)], false);
  plan.offer([candidate(2, 1), candidate(2, 2)], false);
  assert.equal(plan.othersDue(0), true);
  assert.deepEqual(start(plan, 0), ['0.1', '1.1', '2.1', '0.2', '2.2', '0.3']);
  assert.deepEqual([plan.running, plan.hasWaiting], [6, false]);
});

test('staggered: one at a time, and a failure starts the next at once', () => {
  const plan = new RacePlan({ ...RULES, stagger_ms: 250 });
  plan.offer(
    [1, 2, 3, 4, 5].map((last) => candidate(0, last)),
    false,
  );
  assert.deepEqual(start(plan, 0), ['0.1']);
  assert.equal(plan.wakeAt(0), 250);
  assert.deepEqual([start(plan, 249), start(plan, 250)], [[], ['0.2']]);
  plan.failed(candidate(0, 1), 300);
  assert.deepEqual(start(plan, 300), ['0.3']);
  assert.equal(plan.wakeAt(0), 550);
  plan.failed(candidate(0, 2), 310);
  plan.failed(candidate(0, 3), 310);
  assert.deepEqual(start(plan, 310), ['0.4']);
  assert.deepEqual([start(plan, 559), start(plan, 560)], [[], ['0.5']]);
});

test('the best is alone until it is late by its own history', () => {
  const best = remembered(1, ...Array<number>(100).fill(20));
  const plan = new RacePlan(RULES);
  plan.lead(best, 1000);
  plan.offer([candidate(0), candidate(1), candidate(2)], false);
  const late = plan.wakeAt(0);
  assert.ok(late > 1050 && late < 1051, `${late}`);
  assert.deepEqual([plan.othersDue(1050), start(plan, 1050)], [false, []]);
  // The lead is not started twice.
  assert.deepEqual([plan.othersDue(late), start(plan, late)], [true, ['0.1', '2.1']]);
  assert.equal(plan.running, 3);
});

test('the best that has never been timed is alone as long as one without history', () => {
  const plan = new RacePlan(RULES);
  plan.lead(remembered(0), 1000);
  assert.equal(plan.wakeAt(0), 1150);
});

test('the best that fails is followed at once', () => {
  const plan = new RacePlan(RULES);
  plan.lead(remembered(0, 20), 0);
  plan.failed(candidate(0), 5);
  assert.equal(plan.othersDue(5), true);
  plan.offer([candidate(0), candidate(0, 2)], false);
  plan.offer([candidate(1)], false);
  assert.deepEqual(start(plan, 5), ['0.2', '1.1']);
});

test('when the best is late the others may come one by one', () => {
  const plan = new RacePlan({ ...RULES, stagger_ms: 250 });
  plan.lead(remembered(0), 0);
  plan.offer([candidate(1), candidate(1, 2)], false);
  assert.deepEqual(
    [start(plan, 149), start(plan, 150), start(plan, 399), start(plan, 400)],
    [[], ['1.1'], [], ['1.2']],
  );
});

test('no more than so many are under way, and each end makes room for one', () => {
  const plan = new RacePlan(RULES);
  plan.offer(
    [1, 2, 3, 4, 5].map((last) => candidate(0, last)),
    false,
  );
  assert.deepEqual(start(plan, 0, 2), ['0.1', '0.2']);
  assert.deepEqual(start(plan, 10, 2), []);
  plan.failed(candidate(0, 1), 20);
  assert.deepEqual(start(plan, 20, 2), ['0.3']);
  plan.connected(candidate(0, 2));
  assert.deepEqual(start(plan, 30, 2), ['0.4']);
  // The bound has shrunk meanwhile.
  plan.failed(candidate(0, 3), 40);
  assert.deepEqual(start(plan, 40, 1), []);
});

test('a line without room waits, and the others go on', () => {
  const plan = new RacePlan(RULES);
  plan.offer([candidate(0, 1), candidate(0, 2)], false);
  plan.offer([candidate(1, 1), candidate(1, 2)], false);
  const full = { hasRoom: (line: number) => line !== 0 };
  assert.deepEqual(start(plan, 0, MANY, full), ['1.1', '1.2']);
  assert.equal(plan.hasWaiting, true);
  assert.deepEqual(start(plan, 1), ['0.1', '0.2']);
});

test('the last resort starts only when nothing else is under way or waits, one at a time', () => {
  const plan = new RacePlan(RULES);
  plan.offer([candidate(3, 1), candidate(3, 2)], true);
  plan.offer([candidate(0, 1)], false);
  assert.deepEqual(start(plan, 0, MANY, { hasRoom: (line) => line === 3 }), []);
  assert.deepEqual(start(plan, 0), ['0.1']);
  plan.failed(candidate(0, 1), 10);
  assert.deepEqual(start(plan, 10), ['3.1']);
  assert.deepEqual(start(plan, 1000), []);
  plan.failed(candidate(3, 1), 2000);
  assert.deepEqual(start(plan, 2000, MANY, { hasRoom: () => false }), []);
  assert.deepEqual(start(plan, 2000), ['3.2']);
  assert.equal(plan.hasWaiting, false);
});

test('a lead that is late holds up the last resort no more, an attempt beside it does', () => {
  const plan = new RacePlan(RULES);
  plan.lead(remembered(0), 0);
  plan.offer([candidate(1), candidate(1, 2)], true);
  plan.offer([candidate(2)], false);
  assert.deepEqual([start(plan, 149), start(plan, 150)], [[], ['2.1']]);
  assert.deepEqual(start(plan, 5000), []);
  plan.failed(candidate(2), 6000);
  assert.deepEqual(start(plan, 6000), ['1.1']);
  assert.deepEqual(start(plan, 7000), [], 'one at a time');
  // The lead is over, the other one is not.
  plan.failed(candidate(0), 8000);
  assert.deepEqual(start(plan, 8000), []);
  plan.failed(candidate(1), 9000);
  assert.deepEqual(start(plan, 9000), ['1.2']);
});

test('what is connected and does not answer lets the next start at once, and never later than it would have', () => {
  const plan = new RacePlan({ ...RULES, stagger_ms: 250 });
  plan.lead(remembered(0), 0);
  plan.offer([candidate(1), candidate(1, 2), candidate(1, 3)], false);
  plan.connected(candidate(0));
  plan.demand(20);
  assert.deepEqual(start(plan, 20), ['1.1']);
  plan.demand(500);
  assert.equal(plan.wakeAt(0), 270);
});

test('an empty offer is none', () => {
  const plan = new RacePlan(RULES);
  plan.lead(remembered(0), 0);
  plan.offer([], false);
  plan.offer([candidate(0)], false);
  plan.offer([candidate(0)], true);
  assert.equal(plan.hasWaiting, false);
});

test('whatever happens: everything offered starts once, in bounds, and the same events give the same race', () => {
  const step = fc.tuple(fc.constantFrom('failed', 'connected', 'demand', 'pass'), fc.nat(300));
  const race = fc.record({
    stagger_ms: fc.constantFrom(0, 100, 250),
    most: fc.integer({ min: 1, max: 5 }),
    lead: fc.boolean(),
    offers: fc.array(fc.record({ count: fc.nat(4), last: fc.boolean() }), { maxLength: 5 }),
    steps: fc.array(step, { maxLength: 60 }),
  });
  fc.assert(
    fc.property(race, ({ stagger_ms, most, lead, offers, steps }) => {
      const run = (): string[] => {
        const plan = new RacePlan({ ...RULES, stagger_ms });
        const log: string[] = [];
        let now = 0;
        let lastStart = Number.NEGATIVE_INFINITY;
        let excused = true;
        const underWay: Candidate[] = [];
        const ended = (): Candidate => underWay.shift() as Candidate;
        if (lead) {
          const best = remembered(0);
          plan.lead(best, now);
          underWay.push(best);
        }
        const begin = (): void => {
          for (const one of start(plan, now, most)) {
            if (stagger_ms > 0 && !excused) assert.ok(now - lastStart >= stagger_ms, `${one} at ${now}`);
            excused = false;
            lastStart = now;
            underWay.push(parsed(one));
            log.push(`${now} ${one}`);
          }
          assert.ok(plan.running <= most && plan.running >= 0);
        };
        offers.forEach(({ count, last }, line) => {
          plan.offer(
            Array.from({ length: count }, (_, i) => candidate(line, i + 1)),
            last,
          );
        });
        begin();
        for (const [what, passed] of steps) {
          now += passed;
          if (what === 'failed' && plan.running > 0) plan.failed(ended(), now);
          else if (what === 'connected' && plan.running > 0) plan.connected(ended());
          else if (what === 'demand') plan.demand(now);
          if (what === 'failed' || what === 'demand') excused = true;
          begin();
        }
        // To the end: all fail.
        for (let i = 0; i < 200 && (plan.hasWaiting || plan.running > 0); i += 1) {
          now += 300;
          if (plan.running > 0) plan.failed(ended(), now);
          excused = true;
          begin();
        }
        assert.equal(plan.hasWaiting, false);
        return log;
      };
      const log = run();
      assert.deepEqual(run(), log);
      const offered = offers.flatMap(({ count }, line) => Array.from({ length: count }, (_, i) => `${line}.${i + 1}`));
      const expected = offered.filter((one) => !(lead && one === '0.1'));
      assert.deepEqual(log.map((entry) => entry.split(' ')[1]).sort(), expected.sort());
    }),
  );
});

/** Two lines with two addresses each; the second one works for a neighbour. */
function hinted(until: number): RacePlan {
  const plan = new RacePlan(RULES);
  plan.hint(1, until, false);
  for (let line = 0; line < 2; line += 1) plan.offer([candidate(line, 1), candidate(line, 2)], false);
  return plan;
}

test('a hint puts a line first, and the others wait until its time is over', () => {
  const plan = hinted(70);
  assert.deepEqual([start(plan, 0), plan.wakeAt(0)], [['1.1', '1.2'], 70]);
  assert.deepEqual([start(plan, 69), start(plan, 70)], [[], ['0.1', '0.2']]);
});

test('without a time it is only an order', () => {
  const plan = hinted(0);
  assert.deepEqual(start(plan, 0), ['1.1', '0.1', '1.2', '0.2']);
  const staggered = new RacePlan({ ...RULES, stagger_ms: 250 });
  staggered.hint(1, 0, false);
  for (let line = 0; line < 2; line += 1) staggered.offer([candidate(line, 1)], false);
  assert.deepEqual([start(staggered, 0), start(staggered, 250)], [['1.1'], ['0.1']]);
});

test('when an attempt of the hinted line fails, or does not answer, the others follow at once', () => {
  const plan = hinted(70);
  start(plan, 0);
  plan.failed(candidate(1, 1), 10);
  assert.deepEqual(start(plan, 10), ['0.1', '0.2']);
  const silent = hinted(70);
  start(silent, 0);
  silent.connected(candidate(1, 1));
  silent.demand(20);
  assert.deepEqual(start(silent, 20), ['0.1', '0.2']);
});

test('nobody waits for a hinted line that has nothing to try', () => {
  const plan = new RacePlan(RULES);
  plan.hint(1, 70, false);
  plan.offer([candidate(0, 1)], false);
  assert.deepEqual(start(plan, 0), []);
  plan.settled(0);
  assert.deepEqual(start(plan, 1), []);
  plan.settled(1);
  assert.deepEqual(start(plan, 1), ['0.1']);
});

test('a hinted line that comes late has no more than its time from the beginning', () => {
  const plan = new RacePlan(RULES);
  plan.hint(1, 70, false);
  plan.offer([candidate(0, 1)], false);
  assert.deepEqual([start(plan, 50), plan.wakeAt(50)], [[], 70]);
  plan.offer([candidate(1, 1)], false);
  assert.deepEqual([start(plan, 50), start(plan, 70)], [['1.1'], ['0.1']]);
});

test('nobody waits for a hinted line that has no room', () => {
  const plan = hinted(70);
  const room = { hasRoom: (line: number) => line !== 1 };
  assert.deepEqual([plan.take(0, 16, room)?.line, plan.take(0, 16, room)?.line], [0, 0]);
});
