import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt, Race } from '../../dashboard/api/shapes.js';
import { rescuedFrom, waterfallOf } from '../../dashboard/race/geometry.js';

const SILENT: Attempt = {
  ...{ line: 'direct', address: '192.0.2.1', remembered: true },
  ...{ started_ms: 10, connected_ms: 20, asked_ms: 20, ended_ms: 400, result: 'silent' },
};
const WINNER: Attempt = {
  ...{ line: 'tokyo', address: '192.0.2.2', remembered: false },
  ...{ started_ms: 100, connected_ms: 200, asked_ms: 220, answered_ms: 350, result: 'connected' },
};
const REFUSED: Attempt = {
  ...{ line: 'osaka', address: '192.0.2.3', remembered: false },
  ...{ started_ms: 100, ended_ms: 150, result: 'refused' },
};
const race = (attempts: readonly Attempt[], winner?: number): Race => ({
  ...{ target: 'example.org:443', attempts, total_ms: 350 },
  ...(winner !== undefined && { winner }),
});

test('bars stand where things happened: on the way, connected, asked', () => {
  const { rows, before_ms, ticks } = waterfallOf(race([SILENT, WINNER, REFUSED], 1));
  const ms = (place: number): number => Math.round((place / 100) * 400 * 1.06);
  const bars = rows.map((row) => row.bars.map(({ stretch, from, width }) => [stretch, ms(from), ms(from + width)]));
  assert.deepEqual(bars, [
    [
      ['connect', 10, 20],
      ['ask', 20, 400],
    ],
    [
      ['connect', 100, 200],
      ['wait', 200, 220],
      ['ask', 220, 350],
    ],
    [['connect', 100, 150]],
  ]);
  assert.deepEqual(
    rows.map(({ outcome, end }) => [outcome, ms(end)]),
    [
      ['failed', 400],
      ['won', 350],
      ['failed', 150],
    ],
  );
  assert.equal(before_ms, 10);
  assert.deepEqual(
    ticks.map((tick) => tick.ms),
    [0, 100, 200, 300, 400],
  );
});

test('all that is drawn is within the width, also of a race without an attempt and of one that took no time', () => {
  const moment: Attempt = { ...WINNER, started_ms: 0, connected_ms: 0, asked_ms: 0, answered_ms: 0 };
  for (const one of [race([]), { ...race([moment], 0), total_ms: 0 }, race([SILENT, WINNER, REFUSED], 1)]) {
    const { rows, before, ticks } = waterfallOf(one);
    for (const { bars, end } of rows) {
      for (const { from, width } of bars) assert.ok(from >= 0 && from + width <= 101, `${from} ${width}`);
      assert.ok(end >= 0 && end <= 100);
    }
    assert.ok(before >= 0 && before <= 100 && ticks.length > 0 && ticks.length <= 8);
  }
});

test('an attempt that is under way goes on until now, and has no end yet', () => {
  const { ended_ms, result, ...open } = REFUSED;
  const [row] = waterfallOf(race([open])).rows;
  assert.equal(row?.outcome, 'open');
  assert.equal(Math.round(row?.end ?? 0), Math.round(100 / 1.06));
});

test('a rescue is a winner that was asked after another one', () => {
  assert.equal(rescuedFrom(race([SILENT, WINNER, REFUSED], 1)), SILENT);
  assert.equal(rescuedFrom(race([REFUSED, WINNER], 1)), undefined);
  assert.equal(rescuedFrom(race([SILENT], 0)), undefined);
  assert.equal(rescuedFrom(race([{ ...SILENT, trial: true }, WINNER], 1)), undefined);
  assert.equal(rescuedFrom(race([SILENT])), undefined);
});
