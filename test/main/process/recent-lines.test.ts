import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentLines } from '../../../src/main/process/recent-lines.js';

const [DEBUG, INFO, WARN, ERROR] = [20, 30, 40, 50];

function written(...lines: readonly (readonly [number, string])[]): RecentLines {
  const recent = new RecentLines();
  for (const [level, text] of lines) recent.add(level, `${text}\n`);
  return recent;
}

const NONE = { trace: 0, debug: 0, info: 0, warn: 0, error: 0, fatal: 0 };

test('tells the lines of a level and above, in their order, and goes on behind them', () => {
  const recent = written([INFO, 'a'], [ERROR, 'b'], [DEBUG, 'c'], [WARN, 'd']);
  const first = recent.since(undefined, ['info'], 10);
  assert.deepEqual(first, {
    next: 4,
    lines: [
      { place: 0, level: 'info', text: 'a' },
      { place: 1, level: 'error', text: 'b' },
      { place: 3, level: 'warn', text: 'd' },
    ],
    counted: { ...NONE, debug: 1, info: 1, warn: 1, error: 1 },
  });
  recent.add(INFO, 'e\n');
  const counted = { ...NONE, debug: 1, info: 2, warn: 1, error: 1 };
  assert.deepEqual(recent.since(first.next, ['trace'], 10), {
    next: 5,
    lines: [{ place: 4, level: 'info', text: 'e' }],
    counted,
  });
  assert.deepEqual(recent.since(5, ['trace'], 10), { next: 5, lines: [], counted });
});

const texts = (recent: RecentLines, ...asked: Parameters<RecentLines['since']>): readonly string[] =>
  recent.since(...asked).lines.map(({ text }) => text);

test('tells the last ones of too many, for each level by itself', () => {
  const recent = written(
    [WARN, 'w1'],
    [WARN, 'w2'],
    [WARN, 'w3'],
    [INFO, 'a'],
    [INFO, 'b'],
    [DEBUG, 'c'],
    [DEBUG, 'd'],
  );
  assert.deepEqual(texts(recent, 0, ['trace'], 2), ['c', 'd']);
  assert.deepEqual(texts(recent, 0, ['trace', 'warn'], 2), ['w2', 'w3', 'c', 'd']);
  assert.deepEqual(texts(recent, undefined, ['info', 'warn', 'trace'], 2), ['w2', 'w3', 'a', 'b', 'c', 'd']);
  assert.deepEqual(
    [texts(recent, 0, [], 9), texts(recent, 0, ['trace'], 0), texts(recent, 0, ['fatal'], 9)],
    [[], [], []],
  );
});

test('a flood of other lines displaces no warning, and what is lost is counted', () => {
  const recent = written([WARN, 'warning']);
  for (let i = 0; i < 1000; i += 1) recent.add(DEBUG, `${i}\n`);
  const { lines, counted } = recent.since(0, ['trace'], 1000);
  assert.deepEqual([lines[0]?.text, lines[1]?.text, lines.length], ['warning', '744', 257]);
  assert.deepEqual(counted, { ...NONE, debug: 1000, warn: 1 });
});

test('a line that is too long is only counted', () => {
  const recent = written([INFO, 'x'.repeat(5000)], [INFO, 'short']);
  const { lines, counted, next } = recent.since(0, ['info'], 10);
  assert.deepEqual([lines.map(({ text }) => text), counted.info, next], [['short'], 2, 2]);
});
