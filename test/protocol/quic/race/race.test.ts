// Races of QUIC in made-up time: what goes out over which line when, what decides, and what each line shows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FORGED_MAX } from '../../../../src/protocol/quic/race/entrant.js';
import { OPENING_MS, QuicRace, RACE_MAX_MS, WEAK_WAIT_MS } from '../../../../src/protocol/quic/race/race.js';
import type { ServerAnswer } from '../../../../src/protocol/quic/server-answer.js';
import { mutationRuns } from '../../../helpers/mutation-runs.js';
import { type Echo, type LineParts, play } from '../../../helpers/quic/race-world.js';

const answers = (ms: number, what: ServerAnswer = 'initial'): LineParts => ({ echoes: [[ms, what]] });
const SWALLOWS: LineParts = {};

test('a line that answers in time is alone', () => {
  const { won, flights, outcomes } = play({ lines: [answers(40), answers(10)] });
  assert.deepEqual(won, [0, 'initial', 40]);
  assert.deepEqual(flights, [[0], []]);
  assert.deepEqual(outcomes, ['won', undefined]);
});

test('first contact: a line that swallows is followed by the next one after the time for what is not known', () => {
  const { won, flights, outcomes } = play({ lines: [SWALLOWS, answers(30), answers(30)] });
  assert.deepEqual(won, [1, 'initial', 280]);
  assert.deepEqual(flights, [[0], [250], []]);
  assert.deepEqual(outcomes, ['late', 'won', undefined]);
});

test('just died: a line of which a time is known is late by its own history', () => {
  const { won, flights } = play({ lines: [{ late_ms: 70 }, answers(30)] });
  assert.deepEqual(won, [1, 'initial', 100]);
  assert.deepEqual(flights, [[0], [70]]);
});

test('several lines that swallow cost one time each, as many as may take part', () => {
  const lines = [SWALLOWS, SWALLOWS, SWALLOWS, answers(10), answers(10)];
  assert.deepEqual(play({ lines }).won, [3, 'initial', 760]);
  const few = play({ lines, most: 3 });
  assert.equal(few.won, undefined);
  assert.equal(few.lostAt, RACE_MAX_MS);
  assert.deepEqual(few.flights, [[0], [250], [500], [], []]);
});

test('a late answer of the first line still wins before the second one answers, and is dropped after it', () => {
  const first = play({ lines: [answers(260), answers(30)] });
  assert.deepEqual(first.won, [0, 'initial', 260]);
  assert.deepEqual(first.verdicts, [
    [0, 'initial', 'pass'],
    [1, 'initial', 'drop'],
  ]);
  assert.deepEqual(first.outcomes, ['won', 'answered']);
  const second = play({ lines: [answers(290), answers(30)] });
  assert.deepEqual(second.won, [1, 'initial', 280]);
  assert.deepEqual(second.outcomes, ['answered', 'won']);
});

test('a forged answer is dropped, starts the next line at once, and does not keep the server from winning', () => {
  const forger = play({ lines: [{ echoes: [[5, 'forged']] }, answers(30)] });
  assert.deepEqual(forger.won, [1, 'initial', 35]);
  assert.deepEqual(forger.outcomes, ['forged', 'won']);
  const both: LineParts = {
    echoes: [
      [5, 'forged'],
      [6, 'forged'],
      [20, 'initial'],
    ],
  };
  const raced = play({ lines: [both, SWALLOWS, SWALLOWS] });
  assert.deepEqual(raced.won, [0, 'initial', 20]);
  assert.deepEqual(raced.flights, [[0], [5], []], 'a second forgery starts no other line');
  assert.deepEqual(raced.verdicts, [
    [0, 'forged', 'drop'],
    [0, 'forged', 'drop'],
    [0, 'initial', 'pass'],
  ]);
});

test('a flood of forgeries is read up to a bound', () => {
  const flood: Echo[] = Array.from({ length: FORGED_MAX }, () => [5, 'forged'] as const);
  const { won, verdicts } = play({ lines: [{ echoes: [...flood, [6, 'initial']] }, answers(30)] });
  assert.deepEqual(won, [1, 'initial', 35]);
  assert.deepEqual(verdicts.at(-2), [0, 'initial', 'drop']);
});

test('an ICMP error starts the next line at once; a server that answers all the same wins', () => {
  const bounced = play({ lines: [{ echoes: [[3, 'bounced']] }, answers(30)] });
  assert.deepEqual(bounced.won, [1, 'initial', 33]);
  assert.deepEqual(bounced.outcomes, ['bounced', 'won']);
  const injected = play({
    lines: [
      {
        echoes: [
          [3, 'bounced'],
          [20, 'initial'],
        ],
      },
      answers(30),
    ],
  });
  assert.deepEqual(injected.won, [0, 'initial', 20]);
});

test('two ICMP errors of one line start one other line', () => {
  const { flights } = play({
    lines: [
      {
        echoes: [
          [3, 'bounced'],
          [4, 'bounced'],
        ],
      },
      answers(30),
      answers(30),
    ],
  });
  assert.deepEqual(flights, [[0], [3], []]);
});

test('where all lines have bounced or failed the race is lost at once, however long the rest of it would take', () => {
  const { won, lostAt, outcomes, flights } = play({
    lines: [{ echoes: [[3, 'bounced']] }, { opens_ms: 4, echoes: [[8, 'failed']] }],
  });
  assert.equal(won, undefined);
  assert.equal(lostAt, 15);
  assert.deepEqual(flights, [[0], [7]]);
  assert.deepEqual(outcomes, ['bounced', 'failed']);
});

test('a Retry wins', () => {
  assert.deepEqual(play({ lines: [answers(30, 'retry'), answers(10)] }).won, [0, 'retry', 30]);
});

test("the client's repetition goes out over all lines, and starts the next one", () => {
  const { won, flights, forwarded, outcomes } = play({
    lines: [{ late_ms: 400 }, { late_ms: 400, again: [[20, 'initial']] }, answers(50)],
    repeats: [300, 600, 1000],
  });
  assert.deepEqual(forwarded, ['all', 'all']);
  assert.deepEqual(flights, [[0, 300, 600], [300, 600], [600]]);
  assert.deepEqual(won, [1, 'initial', 620]);
  assert.deepEqual(outcomes, ['silent', 'won', 'answered']);
});

test('early data while one line is under way: no other line ever joins', () => {
  const { won, flights, forwarded, outcomes } = play({
    lines: [answers(3000), answers(5)],
    others: [20],
    repeats: [300],
  });
  assert.deepEqual(won, [0, 'alone', 20]);
  assert.deepEqual(forwarded, ['winner']);
  assert.deepEqual(flights, [[0], []]);
  assert.deepEqual(outcomes, ['won', undefined]);
});

test('early data while several lines are under way is kept until the race is decided, and no further line joins', () => {
  const { won, flights, forwarded } = play({ lines: [SWALLOWS, answers(700), answers(5)], others: [300, 1000] });
  assert.deepEqual(won, [1, 'initial', 950]);
  assert.deepEqual(forwarded, ['keep', 'winner']);
  assert.deepEqual(flights, [[0], [250], []]);
});

test('early data before any line has begun leaves the first one alone', () => {
  const race = new QuicRace(4, 0);
  assert.equal(race.goesOn(0), 'keep');
  race.offer({ line: 7, late_ms: 10, opening_ms: 0 });
  race.offer({ line: 8, late_ms: 10, opening_ms: 0 });
  race.allOffered(0);
  assert.equal(race.take(0)?.line, 7);
  assert.equal(race.win?.by, 'alone');
  assert.equal(race.take(500), undefined);
  assert.equal(race.wakeAt(), undefined);
});

test('a list of versions is kept until no line has a better answer', () => {
  const versions = answers(10, 'negotiation');
  const better = play({ lines: [versions, answers(30)] });
  assert.deepEqual(better.won, [1, 'initial', 40]);
  assert.deepEqual(better.outcomes, ['negotiation', 'won']);
  assert.deepEqual(better.verdicts, [
    [0, 'negotiation', 'keep'],
    [1, 'initial', 'pass'],
  ]);
  const all = play({ lines: [versions, versions] });
  assert.deepEqual(all.won, [0, 'negotiation', 10 + WEAK_WAIT_MS]);
  const silent = play({ lines: [versions, SWALLOWS] });
  assert.deepEqual(silent.won, [0, 'negotiation', 10 + WEAK_WAIT_MS]);
  const forged = play({
    lines: [
      {
        echoes: [
          [2, 'negotiation'],
          [40, 'initial'],
        ],
      },
    ],
  });
  assert.deepEqual(forged.won, [0, 'initial', 40]);
});

test('a server that closes has the last word only where no other line has a better one', () => {
  const closes = answers(10, 'closed');
  assert.deepEqual(play({ lines: [closes] }).won, [0, 'closed', 10]);
  assert.deepEqual(play({ lines: [closes, closes] }).won, [0, 'closed', 20]);
  assert.deepEqual(play({ lines: [closes, answers(30)] }).won, [1, 'initial', 40]);
  assert.deepEqual(play({ lines: [answers(10, 'negotiation'), closes] }).won, [1, 'closed', 20 + WEAK_WAIT_MS - 10]);
  assert.deepEqual(play({ lines: [closes, SWALLOWS] }).won, [0, 'closed', 10 + WEAK_WAIT_MS]);
});

test('a close after a list of versions of the same line counts as a close', () => {
  const both: LineParts = {
    echoes: [
      [2, 'negotiation'],
      [5, 'closed'],
    ],
  };
  assert.deepEqual(play({ lines: [both] }).won, [0, 'closed', 5]);
});

test('packets that nobody can check yet are kept, and follow the first that is authentic', () => {
  const early: Echo = [10, 'early'];
  const { won, verdicts } = play({ lines: [{ echoes: [early, [12, 'initial'], [13, 'early']] }] });
  assert.deepEqual(won, [0, 'initial', 12]);
  assert.deepEqual(verdicts, [
    [0, 'early', 'keep'],
    [0, 'initial', 'pass'],
    [0, 'early', 'pass'],
  ]);
  assert.deepEqual(play({ lines: [{ echoes: [early] }, answers(5)] }).won, [1, 'initial', 255]);
});

test('a way that opens slowly is given time, and is late only after its flight went out', () => {
  const slow = { late_ms: 50, opening_ms: OPENING_MS, opens_ms: 300 };
  assert.deepEqual(play({ lines: [slow, answers(5)] }).flights, [[300], [350]]);
  assert.deepEqual(play({ lines: [{ ...slow, opens_ms: 5000 }, answers(5)] }).flights, [[], [OPENING_MS + 50]]);
  const { outcomes } = play({ lines: [{ ...slow, opens_ms: 5000 }, answers(5)] });
  assert.deepEqual(outcomes, ['unsent', 'won']);
});

test('lines that are offered later take part, and until the last offer nothing is lost', () => {
  const race = new QuicRace(4, 0);
  race.offer({ line: 0, late_ms: 100, opening_ms: 0 });
  const first = race.take(0);
  assert.ok(first !== undefined);
  race.sent(first, 0);
  race.failed(first, 'bounced', 10);
  assert.equal(race.isLost, false);
  assert.equal(race.take(10), undefined);
  race.offer({ line: 1, late_ms: 100, opening_ms: 0 });
  assert.equal(race.take(20)?.line, 1);
  race.allOffered(30);
  assert.equal(race.isLost, false);
  race.failed(race.entrants[1], 'failed', 40);
  assert.equal(race.isLost, true);
  assert.equal(race.take(50), undefined);
});

test('a line that is offered after the client has repeated its flight begins at once', () => {
  const race = new QuicRace(4, 0);
  race.offer({ line: 0, late_ms: 400, opening_ms: OPENING_MS });
  const first = race.take(0);
  assert.ok(first !== undefined);
  race.repeated(300);
  assert.equal(race.take(300), undefined);
  race.sent(first, 310);
  race.offer({ line: 1, late_ms: 400, opening_ms: 0 });
  assert.equal(race.take(310)?.line, 1);
});

test('a race without any line is lost when that is known', () => {
  const race = new QuicRace(4, 0);
  assert.equal(race.take(0), undefined);
  race.allOffered(5);
  assert.equal(race.isLost, true);
});

test('whatever happens, one line wins at most, it never changes, and few flights go out', () => {
  const answer = fc.constantFrom<Echo[1][]>(
    'initial',
    'retry',
    'closed',
    'negotiation',
    'early',
    'forged',
    'bounced',
    'failed',
  );
  const line = fc.record({
    late_ms: fc.integer({ min: 1, max: 1000 }),
    opening_ms: fc.constantFrom(0, 500),
    opens_ms: fc.constantFrom(0, 0, 20, 700),
    echoes: fc.array(fc.tuple(fc.integer({ min: 1, max: 3000 }), answer), { maxLength: 5 }),
  });
  const times = fc.array(fc.integer({ min: 1, max: 9000 }), { maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 6 }),
      fc.integer({ min: 1, max: 4 }),
      times,
      times,
      (lines, most, repeats, others) => {
        const { won, lostAt, flights, verdicts, outcomes } = play({ lines, most, repeats, others });
        assert.ok((won === undefined) !== (lostAt === undefined));
        assert.ok((won?.[2] ?? lostAt ?? 0) <= RACE_MAX_MS);
        assert.ok(flights.flat().length <= most * (1 + repeats.length));
        const passed = new Set(verdicts.filter(([, , verdict]) => verdict === 'pass').map(([number]) => number));
        assert.ok(passed.size <= 1);
        for (const number of passed) assert.equal(number, won?.[0]);
        assert.ok(outcomes.filter((outcome) => outcome === 'won').length <= 1);
        const isEarly = others.some((at) => flights.flat().some((flight) => flight > at));
        if (isEarly && repeats.length === 0) {
          // No flight begins after early data, but over the first line, or one that was under way.
          const first = Math.min(...others);
          const begunLater = lines.filter(
            (one, i) => flights[i].length > 0 && flights[i][0] - (one.opens_ms ?? 0) > first,
          );
          assert.equal(begunLater.length, 0);
        }
      },
    ),
    { numRuns: mutationRuns(5000) },
  );
});
