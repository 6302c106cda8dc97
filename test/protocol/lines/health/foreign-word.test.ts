// That another gateway says that a line is down.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineHealth } from '../../../../src/protocol/lines/health/health.js';

const DOWN = { kind: 'foreign-down', line: 0, by: 'b', ago_ms: 200, for_ms: 4800 } as const;

const health = (): LineHealth => new LineHealth(2);

test('a word holds for its time, and says nothing else of the line', () => {
  const lines = health();
  lines.apply(DOWN, 1000);
  assert.deepEqual(
    [lines.foreignDown(0, 1000), lines.foreignDown(0, 5799), lines.foreignDown(0, 5800)],
    ['b', 'b', undefined],
  );
  assert.equal(lines.foreignDown(1, 1000), undefined);
  assert.deepEqual(
    [lines.mayUse(0, 1000), lines.isDown(0), lines.isDead(0, 1000), lines.isDoubted(0, 1000)],
    [true, false, false, false],
  );
});

test('it ends at once when the line works here, and others are told once', () => {
  const lines = health();
  lines.apply(DOWN, 1000);
  assert.equal(lines.works(0, 1001, false), true);
  assert.equal(lines.foreignDown(0, 1001), undefined);
  assert.equal(lines.works(0, 1002, false), false);
});

test('it does not begin where the line has worked here since it was said; the next success says so to others', () => {
  const lines = health();
  lines.works(0, 900, false);
  lines.apply(DOWN, 1000);
  assert.equal(lines.foreignDown(0, 1000), undefined);
  assert.equal(lines.works(0, 1001, false), true);
});

test('what worked before it was said is no answer', () => {
  const lines = health();
  lines.works(0, 799, false);
  lines.apply(DOWN, 1000);
  assert.equal(lines.foreignDown(0, 1000), 'b');
  assert.equal(lines.works(0, 799, false), false);
  assert.equal(lines.foreignDown(0, 1000), 'b');
});

test('what comes from near by says nothing of what is far', () => {
  const lines = health();
  lines.apply(DOWN, 1000);
  assert.equal(lines.works(0, 1001, true), false);
  assert.equal(lines.foreignDown(0, 1001), 'b');
});

test('another actor ends it by its own success', () => {
  const lines = health();
  lines.apply(DOWN, 1000);
  lines.apply({ kind: 'works', line: 0, near: false, ago_ms: 10 }, 1100);
  assert.equal(lines.foreignDown(0, 1100), undefined);
});

test('a gateway takes it back, and says it again', () => {
  const lines = health();
  lines.apply(DOWN, 1000);
  lines.apply({ ...DOWN, for_ms: 0 }, 1500);
  assert.equal(lines.foreignDown(0, 1500), undefined);
  lines.apply(DOWN, 2000);
  assert.equal(lines.foreignDown(0, 2000), 'b');
});
