// What a race makes of another gateway's hint, and where this gateway knows better.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf } from '../../../src/protocol/lines/line.js';
import { Preferences } from '../../../src/protocol/lines/preferences.js';
import { beginningOf, type ForeignWord, type OwnLines } from '../../../src/protocol/routes/foreign-hint.js';
import { candidate } from '../../helpers/candidates.js';

const NOW = 5000;
const MARGIN_MS = 30;
const { ip } = candidate(1, 7);
const WORD: ForeignWord = { line: 1, ip, connect_ms: 20, mute: [0] };
const OWN: OwnLines = {
  mayUse: () => true,
  answersEarly: () => false,
  isDead: () => false,
  preferences: undefined,
};

const begin = (own: Partial<OwnLines> = {}, word: Partial<ForeignWord> = {}) =>
  beginningOf({ ...WORD, ...word }, { ...OWN, ...own }, MARGIN_MS, NOW);

test('its line goes first, alone for as long as one measurement allows, and what is mute there comes last', () => {
  assert.deepEqual(begin(), {
    ...{ line: 1, until: NOW + 3 * 20 + MARGIN_MS, passes: false },
    beside: { ip, mute: [0], muteUntil: NOW + 250 },
  });
});

test('nobody waits longer than 250 ms, whatever time it tells, or none', () => {
  for (const connect_ms of [0, 100, 60_000, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
    const told = begin({}, { connect_ms });
    assert.deepEqual([told?.until, told?.beside.muteUntil], [NOW + 250, NOW + 250]);
  }
});

test('a line that this gateway does not use, or has seen dead, is not begun with', () => {
  assert.equal(begin({ mayUse: (line) => line !== WORD.line }), undefined);
  assert.equal(begin({ isDead: (line) => line === WORD.line }), undefined);
});

test('nobody waits for a line that answers early', () => {
  assert.equal(begin({ answersEarly: () => true })?.until, NOW);
});

test('where lines are preferred it is an order among equals: no word makes a dearer line begin, or a cheaper one wait', () => {
  const source = { ip: undefined, port: 0 };
  const preferring = (tiers: readonly number[]): Preferences | undefined =>
    Preferences.of(tiers.map((tier, line) => ({ ...lineOf(line, `${line}`, source, []), tier })));
  for (const tiers of [
    [0, 1],
    [1, 0],
  ])
    assert.deepEqual(begin({ preferences: preferring(tiers) }), {
      ...{ line: 1, until: NOW, passes: false },
      beside: { ip, mute: [], muteUntil: NOW },
    });
});
