import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summariseBase } from '../../../bench/results/base-rows.js';
import { formatBase } from '../../../bench/tables/base-table.js';

test('the table has medians of the starts, and no row for what never started', () => {
  const start = (accepts_ms: number, pss: number) => ({ accepts_ms, carries_ms: accepts_ms + 5, pss, rss: 2 * pss });
  const starts = [start(300, 1024), start(200, 4096), start(900, 2048)];
  const summary = summariseBase([
    { subject: 'mine', workers: 2, starts, calm_percent: 0.25, calm_wakes: 7.96 },
    { subject: 'silent', workers: 0, starts: [start(10, 1024)], calm_percent: undefined, calm_wakes: undefined },
    { subject: 'absent', workers: 0, starts: [], calm_percent: undefined, calm_wakes: undefined },
    { subject: 'node-timer', workers: 0, starts: [], calm_percent: 0.03, calm_wakes: 2 },
  ]);
  const text = formatBase(summary, { starts: 3, calm_s: 60, settle_s: 30 });
  assert.match(
    text,
    /accepts after ≤ 400 ms, memory ≤ 120 MiB, CPU at rest ≤ 1\.50 × node-timer, wakes at rest ≤ 2 a second\n/,
  );
  const rows = text.trimEnd().split('\n').slice(5);
  assert.equal(rows.length, 3);
  const cells = rows.map((row) => row.split(/ {2,}/));
  assert.deepEqual(cells[0], ['mine ×2', '300.0', '200 - 900', '305.0', '2.0', '4.0', '0.25', '8.0']);
  assert.deepEqual(cells[1], ['silent', '10.0', '10 - 10', '15.0', '1.0', '2.0', '-', '-']);
  assert.deepEqual(cells[2], ['node-timer', '-', '-', '-', '-', '-', '0.03', '2.0']);
});
