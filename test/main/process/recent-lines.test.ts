import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentLines } from '../../../src/main/process/recent-lines.js';

const [DEBUG, INFO, WARN, ERROR] = [20, 30, 40, 50];

function written(...lines: readonly (readonly [number, string])[]): RecentLines {
  const recent = new RecentLines();
  for (const [level, text] of lines) recent.add(level, `${text}\n`);
  return recent;
}

test('tells the lines of a level and above, in their order, and goes on behind them', () => {
  const recent = written([INFO, 'a'], [ERROR, 'b'], [DEBUG, 'c'], [WARN, 'd']);
  const first = recent.since(undefined, 'info', 10);
  assert.deepEqual(first, {
    next: 4,
    lines: [
      { place: 0, level: 'info', text: 'a' },
      { place: 1, level: 'error', text: 'b' },
      { place: 3, level: 'warn', text: 'd' },
    ],
    left_out: 0,
  });
  recent.add(INFO, 'e\n');
  assert.deepEqual(recent.since(first.next, 'trace', 10), {
    next: 5,
    lines: [{ place: 4, level: 'info', text: 'e' }],
    left_out: 0,
  });
  assert.deepEqual(recent.since(5, 'trace', 10), { next: 5, lines: [], left_out: 0 });
});

test('tells the last ones of too many, and how many it left out', () => {
  const recent = written([INFO, 'a'], [INFO, 'b'], [INFO, 'c']);
  const { lines, left_out } = recent.since(0, 'trace', 2);
  assert.deepEqual([lines.map(({ text }) => text), left_out], [['b', 'c'], 1]);
  assert.equal(recent.since(undefined, 'trace', 2).left_out, 0);
  assert.deepEqual(recent.since(0, 'fatal', 0), { next: 3, lines: [], left_out: 0 });
});

test('a flood of other lines displaces no warning, and what is lost is counted', () => {
  const recent = written([WARN, 'warning']);
  for (let i = 0; i < 1000; i += 1) recent.add(DEBUG, `${i}\n`);
  const { lines, left_out } = recent.since(0, 'trace', 1000);
  assert.deepEqual([lines[0]?.text, lines[1]?.text, lines.length, left_out], ['warning', '744', 257, 744]);
});

test('a line that is too long is only counted', () => {
  const recent = written([INFO, 'x'.repeat(5000)], [INFO, 'short']);
  const { lines, left_out, next } = recent.since(0, 'info', 10);
  assert.deepEqual([lines.map(({ text }) => text), left_out, next], [['short'], 1, 2]);
});
