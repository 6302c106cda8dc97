// Which lines fail this gateway, so that the others are to hear of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LineEvent, LineHealth } from '../../../src/protocol/lines/health/health.js';
import { OwnLines } from '../../../src/protocol/share/own-lines.js';

const LINES = [0, 1];

function gateway() {
  const health = new LineHealth(2);
  const own = new OwnLines(health);
  const tell = (event: LineEvent, now: number): void => {
    health.apply(event, now);
    own.learned(event, now);
  };
  /** Its proxy cannot be reached. */
  const fails = (line: number, now: number): void => {
    for (let n = 0; n < 3; n += 1) tell({ kind: 'proxy-failed', line }, now);
  };
  const down = (now: number, lines = LINES): number[] => [...own.down(lines, now)];
  return { tell, fails, down };
}

test('a line whose proxy cannot be reached, until it is', () => {
  const { tell, fails, down } = gateway();
  assert.deepEqual(down(0), []);
  fails(0, 0);
  assert.deepEqual(down(0), [0]);
  tell({ kind: 'proxy-reached', line: 0 }, 1000);
  assert.deepEqual(down(1000), []);
});

test('a dead line: three networks were out of reach while another line carried them', () => {
  const { tell, down } = gateway();
  for (const network of [1, 2, 3]) tell({ kind: 'lost', line: 0, network, for_ms: 1500 }, network * 600);
  assert.deepEqual(down(1800), [0]);
  tell({ kind: 'works', line: 0, near: false, ago_ms: 0 }, 2000);
  assert.deepEqual(down(2000), []);
});

test('a line that nobody has seen fail for half a minute is not told of', () => {
  const { fails, down } = gateway();
  fails(0, 0);
  assert.deepEqual([down(30_000), down(30_001)], [[0], []]);
  fails(0, 40_000);
  assert.deepEqual(down(40_000), [0]);
});

test('a gateway of which no line works tells of none: it is the one that is cut off', () => {
  const { fails, down } = gateway();
  fails(0, 0);
  assert.deepEqual(down(0, [0]), []);
  fails(1, 0);
  assert.deepEqual(down(0), []);
});

test('a link that is down is a matter of this machine', () => {
  const { tell, fails, down } = gateway();
  tell({ kind: 'link', line: 0, up: false }, 0);
  fails(0, 0);
  assert.deepEqual(down(0), []);
});

test('what another gateway says is not said on', () => {
  const { tell, down } = gateway();
  for (let n = 0; n < 9; n += 1) tell({ kind: 'foreign-down', line: 0, by: 'b', ago_ms: 0, for_ms: 5000 }, n);
  assert.deepEqual(down(9), []);
});
