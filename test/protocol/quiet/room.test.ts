// Which silent connections are kept in view, and which of them make room.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Longest } from '../../../src/protocol/quiet/longest.js';
import { type ProbeState, type SilentConnection, toEnd } from '../../../src/protocol/quiet/room.js';

test('of any connections the longest silent are kept, the longest first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: 0, max: 6 }), (silences, most) => {
      const longest = new Longest<{ readonly silent_ms: number }>(most);
      for (const silent_ms of silences) longest.add({ silent_ms });
      const sorted = [...silences].sort((a, b) => b - a);
      assert.deepEqual(
        longest.list.map(({ silent_ms }) => silent_ms),
        sorted.slice(0, most),
      );
      const least = sorted[most - 1];
      if (most > 0) assert.equal(longest.takes(25), least === undefined || least < 25);
    }),
  );
});

const MINUTE_MS = 60_000;
/** Connections that have been silent for so many minutes. */
const silent = (...minutes: readonly (readonly [number, ProbeState])[]): readonly SilentConnection[] =>
  minutes.map(([length, state], connection) => ({ connection, silent_ms: length * MINUTE_MS, state }));
const ended = (all: readonly SilentConnection[], wanted: number): readonly number[] =>
  toEnd(all, wanted, 5 * MINUTE_MS).map(({ connection }) => connection);

test('the longest silent end, as many as are wanted, and none that was silent for less than it must be', () => {
  const all = silent([60, 'answered'], [50, 'answered'], [5, 'answered'], [4.9, 'answered']);
  assert.deepEqual(
    [0, 1, 2, 3, 4, 9].map((wanted) => ended(all, wanted)),
    [[], [0], [0, 1], [0, 1, 2], [0, 1, 2], [0, 1, 2]],
  );
});

test('a mute peer goes before those that have answered', () => {
  const all = silent([60, 'answered'], [50, 'answered'], [20, 'mute'], [10, 'unprobed'], [9, 'mute'], [4, 'mute']);
  assert.deepEqual(
    [1, 2, 3, 9].map((wanted) => ended(all, wanted)),
    [[2], [2, 4], [2, 4, 0], [2, 4, 0, 1]],
  );
});

test('none ends while a probe is on its way, and none that was not probed', () => {
  assert.deepEqual(ended(silent([60, 'answered'], [50, 'asked']), 1), []);
  assert.deepEqual(ended(silent([60, 'answered'], [50, 'unprobed'], [40, 'answered']), 3), [0]);
  assert.deepEqual(ended(silent([60, 'unprobed'], [50, 'answered']), 3), []);
});
