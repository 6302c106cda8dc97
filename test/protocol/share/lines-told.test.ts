import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FOREIGN_DOWN_MS, ForeignLines } from '../../../src/protocol/share/foreign-lines.js';
import { LinesTold, TOLD_EACH_MS } from '../../../src/protocol/share/lines-told.js';

const LINE = 2;
const DOWN = [{ kind: 'line-down', line: LINE }];
const UP = [{ kind: 'line-up', line: LINE }];
const told = (random = 0, own = 'a'): LinesTold => new LinesTold(own, () => random);

test('a line that is down is told at once, and again before the word is over', () => {
  const lines = told();
  assert.deepEqual(lines.due(0), []);
  lines.see(LINE, true);
  assert.deepEqual(lines.due(0), DOWN);
  assert.deepEqual(lines.due(TOLD_EACH_MS - 1), []);
  assert.deepEqual(lines.due(TOLD_EACH_MS), DOWN);
});

test('that it works again is told once, by those whose word still holds', () => {
  const lines = told();
  lines.see(LINE, true);
  lines.due(0);
  lines.see(LINE, false);
  assert.deepEqual(lines.due(100), UP);
  assert.deepEqual(lines.due(200), []);
  lines.see(LINE, true);
  lines.due(1000);
  lines.see(LINE, false);
  assert.deepEqual(lines.due(1000 + FOREIGN_DOWN_MS), []);
});

test('a line that has always worked is not told', () => {
  const lines = told();
  lines.see(LINE, false);
  assert.deepEqual(lines.due(0), []);
});

test('one other gateway does not keep it silent, two do', () => {
  const lines = told();
  lines.see(LINE, true);
  for (let n = 0; n < 10; n += 1) lines.heard('b', LINE, 0, 0);
  lines.heard('c', LINE + 1, 0, 0);
  assert.deepEqual(lines.due(0), DOWN);
  const silent = told();
  silent.see(LINE, true);
  silent.heard('b', LINE, 0, 0);
  silent.heard('c', LINE, 0, 0);
  assert.deepEqual(silent.due(0), []);
});

test('it takes their place when they are silent, after a time of its own', () => {
  for (const [random, ms] of [
    [0, 0],
    [0.5, 2000],
  ] as const) {
    const lines = told(random);
    lines.see(LINE, true);
    lines.heard('b', LINE, 1000, 1000);
    lines.heard('c', LINE, 0, 0);
    assert.deepEqual(lines.due(FOREIGN_DOWN_MS + ms - 1), []);
    assert.deepEqual(lines.due(FOREIGN_DOWN_MS + ms), DOWN);
  }
});

test('of those that have told it in one moment the first two by name go on', () => {
  for (const [own, goesOn] of [
    ['a', true],
    ['bb', true],
    ['d', false],
  ] as const) {
    const lines = told(0, own);
    lines.see(LINE, true);
    lines.due(0);
    lines.heard('b', LINE, 0, 100);
    lines.heard('c', LINE, 0, 100);
    assert.deepEqual(lines.due(TOLD_EACH_MS), goesOn ? DOWN : [], own);
  }
});

test('it tells at once what others take back', () => {
  const lines = told();
  lines.see(LINE, true);
  lines.heard('b', LINE, 0, 0);
  lines.heard('c', LINE, 0, 0);
  assert.deepEqual(lines.due(0), []);
  lines.heardUp('b', LINE);
  lines.heardUp('d', LINE + 1);
  assert.deepEqual(lines.due(1), DOWN);
});

test('of many others two are enough that still speak', () => {
  const lines = told();
  lines.see(LINE, true);
  for (const [at, gateway] of ['b', 'c', 'd', 'e'].entries()) lines.heard(gateway, LINE, 0, at * 1000);
  assert.deepEqual(lines.due(FOREIGN_DOWN_MS + 1999), []);
  assert.deepEqual(lines.due(FOREIGN_DOWN_MS + 2000), DOWN);
});

test('a line that the configuration no longer has is not told', () => {
  const lines = told();
  lines.see(LINE, true);
  lines.keep(new Set());
  assert.deepEqual(lines.due(0), []);
});

test('in a site of a hundred some tell it, and every gateway knows it all the time', () => {
  const random = ((state) => () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  })(1);
  const site = Array.from({ length: 100 }, (_, n) => ({
    name: `${n}`,
    told: new LinesTold(`${n}`, random),
    foreign: new ForeignLines(),
  }));
  let messages = 0;
  for (let now = 0; now < 60_000; now += 1000) {
    const news: [string, number][] = [];
    for (const [n, { name, told }] of site.entries()) {
      // One after the other finds out by itself.
      told.see(LINE, now >= n * 100);
      if (told.due(now).length > 0) news.push([name, now]);
    }
    messages += news.length;
    for (const { name, told, foreign } of site) {
      for (const [gateway, at] of news) {
        if (gateway === name) continue;
        if (foreign.down(gateway, LINE, 500, at + 500) > 0) told.heard(gateway, LINE, 500, at + 500);
      }
      assert.equal(now < 1000 || foreign.isDown(LINE, now + 500), true, `${name} at ${now}`);
    }
  }
  // All of them would tell it some 2500 times.
  assert.ok(messages < 150, `${messages}`);
});
