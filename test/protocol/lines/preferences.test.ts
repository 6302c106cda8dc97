import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Line, lineOf } from '../../../src/protocol/lines/line.js';
import { type Preference, preferenceText, USUAL } from '../../../src/protocol/lines/preference.js';
import { Preferences } from '../../../src/protocol/lines/preferences.js';

const line = (number: number, preference: Partial<Preference> = {}): Line =>
  lineOf(number, `line ${number}`, { ip: undefined, port: 0 }, [], { ...USUAL, ...preference });

const preferences = (...lines: readonly Line[]): Preferences => {
  const all = Preferences.of(lines);
  assert.ok(all !== undefined);
  return all;
};

test('where all lines are alike there are no preferences', () => {
  assert.equal(Preferences.of([line(0), line(3)]), undefined);
  assert.equal(Preferences.of([line(0, { tier: 2, cost_ms: 5 }), line(1, { tier: 2, cost_ms: 5 })]), undefined);
  for (const other of [{ tier: 1 }, { cost_ms: 1 }, { weight: 1 }])
    assert.notEqual(Preferences.of([line(0), line(1, other)]), undefined);
});

test('lines come by tier, then by cost; their numbers may have gaps', () => {
  const all = preferences(line(7, { tier: 1 }), line(2, { cost_ms: 60_000 }), line(4), line(5));
  assert.deepEqual(
    [7, 2, 4, 5].sort((a, b) => all.compare(a, b)),
    [4, 5, 2, 7],
  );
  assert.deepEqual(
    [2, 4, 5, 7].filter((one) => all.isCheapest(one)),
    [4, 5],
  );
  assert.deepEqual([all.tierOf(7), all.costOf(2), all.areSpread], [1, 60_000, false]);
});

test('destinations are shared by weight, and each keeps its line when another one comes', () => {
  const [one, two, three] = [line(0, { weight: 1 }), line(1, { weight: 3 }), line(2)];
  const pair = preferences(one, two);
  const all = preferences(one, two, three);
  const shares = [0, 0, 0];
  for (let i = 0; i < 10_000; i += 1) {
    const key = `host-${i}.test:443`;
    const [before, after] = [pair.shareOf(key, [0, 1]), all.shareOf(key, [0, 1, 2])];
    shares[before] = (shares[before] as number) + 1;
    if (after === 2) shares[2] = (shares[2] as number) + 1;
    else assert.equal(after, before, key);
    assert.equal(all.shareOf(key, [2, 1, 0]), after, 'whatever the order of the lines');
  }
  const [first, second, third] = shares as [number, number, number];
  assert.ok(Math.abs(first - 2500) < 150 && Math.abs(second - 7500) < 150, `${first} and ${second}`);
  assert.ok(Math.abs(third - 2000) < 150, `${third}`);
});

test('a line has its share by what it is, in whatever process and under whatever number', () => {
  const [a, b] = [line(0, { weight: 1 }), line(1, { weight: 1 })];
  const [here, there] = [preferences(a, b), preferences({ ...b, number: 4 }, { ...a, number: 9 })];
  for (let i = 0; i < 100; i += 1)
    assert.equal(here.shareOf(`${i}.test:443`, [0, 1]) === 0, there.shareOf(`${i}.test:443`, [4, 9]) === 9);
});

test('a preference in words', () => {
  assert.equal(preferenceText(USUAL), undefined);
  assert.equal(preferenceText({ tier: 1, cost_ms: 20, weight: 1 }), 'tier 1, cost 20 ms, weight 1');
});

test('a line that goes back by a tier is of another tier at once', () => {
  let spent = 0;
  const all = Preferences.of([line(0), line(1)], (number) => (number === 0 ? spent : 0));
  assert.deepEqual([all?.tierOf(0), all?.isCheapest(0)], [0, true]);
  spent = 2;
  assert.deepEqual([all?.tierOf(0), all?.isCheapest(0), all?.isCheapest(1)], [2, false, true]);
});
