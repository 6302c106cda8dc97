import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FoundRoute } from '../../../src/protocol/share/route-value.js';
import { type Vote, vote } from '../../../src/protocol/share/vote.js';

const NUMBERS = new Map([
  ['fibre', 0],
  ['lte', 1],
  ['dsl', 2],
]);
const IP = Uint8Array.of(192, 0, 2, 1);
const found = (gateway: string, line: string, age_ms: number, mute: readonly string[] = []): FoundRoute => ({
  route: { gateway, line, ip: IP, connect_ms: age_ms + 1, first_byte_ms: age_ms + 2, mute },
  age_ms,
});
const of = (...slots: readonly (FoundRoute | undefined)[]): Vote | undefined => vote(slots, (id) => NUMBERS.get(id));

test('nothing said is no hint', () => {
  assert.equal(of(), undefined);
  assert.equal(of(undefined, undefined, undefined), undefined);
});

test('one slot alone is a hint with all that it says', () => {
  assert.deepEqual(of(undefined, found('b', 'lte', 12, ['fibre']), undefined), {
    ...{ line: 1, ip: IP, connect_ms: 13, first_byte_ms: 14, mute: [0], from: 'b', age_ms: 12 },
  });
});

test('the line that most slots name leads, and the youngest of them speaks for it', () => {
  const { line, from } = of(found('a', 'lte', 1), found('b', 'fibre', 50), found('c', 'fibre', 40)) ?? {};
  assert.deepEqual([line, from], [0, 'c']);
});

test('where all disagree, the youngest is heard, whatever the order of slots', () => {
  const three = [found('a', 'lte', 30), found('b', 'fibre', 20), found('c', 'dsl', 10)];
  for (const slots of [three, three.toReversed()]) assert.equal(of(...slots)?.from, 'c');
});

test('a line that this gateway does not have is no candidate, however many name it', () => {
  assert.equal(of(found('a', 'satellite', 1), found('b', 'satellite', 1), found('c', 'lte', 900))?.line, 1);
  assert.equal(of(found('a', 'satellite', 1)), undefined);
});

test('a line is last that half of the slots have found mute, and fewer the best', () => {
  assert.deepEqual(of(found('a', 'lte', 1, ['fibre']), found('b', 'lte', 2))?.mute, [0]);
  assert.deepEqual(of(found('a', 'lte', 1, ['dsl']), found('b', 'lte', 2), found('c', 'lte', 3))?.mute, []);
  assert.deepEqual(of(found('a', 'lte', 1, ['fibre']), found('b', 'fibre', 2))?.mute, []);
});

test('the leading line is never last, and unknown lines and repetitions count for nothing', () => {
  const slots = [found('a', 'lte', 1, ['lte', 'lte', 'satellite']), found('b', 'lte', 2, ['lte'])];
  assert.deepEqual(of(...slots)?.mute, []);
  assert.deepEqual(of(found('a', 'lte', 1, ['dsl', 'dsl']), found('b', 'lte', 2), found('c', 'lte', 3))?.mute, []);
});

test('one slot of three changes nothing where the others agree', () => {
  const honest = [found('a', 'fibre', 100), found('b', 'fibre', 200)];
  for (const line of ['fibre', 'lte', 'dsl', 'satellite']) {
    const { line: chosen, mute } = of(...honest, found('evil', line, 0, ['fibre', 'lte', 'dsl'])) ?? {};
    assert.deepEqual([chosen, mute], [0, []], line);
  }
});
