import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DISBELIEVED_MS, FOREIGN_DOWN_MS, ForeignLines } from '../../../src/protocol/share/foreign-lines.js';

const LINE = 3;

test('a line that another gateway calls down is last for five seconds from when that was said', () => {
  const lines = new ForeignLines();
  assert.equal(lines.isDown(LINE, 0), false);
  assert.equal(lines.down('b', LINE, 1000, 10_000), 4000);
  assert.equal(lines.isDown(LINE, 13_999), true);
  assert.equal(lines.isDown(LINE, 14_000), false);
  assert.equal(lines.isDown(LINE + 1, 10_000), false);
});

test('what was said five seconds ago is over', () => {
  const lines = new ForeignLines();
  assert.equal(lines.down('b', LINE, FOREIGN_DOWN_MS, 10_000), 0);
  assert.equal(lines.down('b', LINE, FOREIGN_DOWN_MS - 1, 10_000), 1);
});

test('it is renewed while it is said again', () => {
  const lines = new ForeignLines();
  for (let now = 0; now < 60_000; now += 4000) assert.equal(lines.down('b', LINE, 0, now), FOREIGN_DOWN_MS);
  assert.equal(lines.isDown(LINE, 60_000), true);
});

test('own success ends it at once, and the gateway is not believed about that line for a minute', () => {
  const lines = new ForeignLines();
  lines.down('b', LINE, 0, 0);
  assert.equal(lines.works(LINE, 1000, 1000), true);
  assert.equal(lines.isDown(LINE, 1000), false);
  assert.equal(lines.isDisbelieved('b', LINE, 1000), true);
  for (let now = 1000; now < 1000 + DISBELIEVED_MS; now += 5000) assert.equal(lines.down('b', LINE, 0, now), 0);
  assert.equal(lines.down('b', LINE, 0, 1000 + DISBELIEVED_MS), FOREIGN_DOWN_MS);
});

test('it is believed about other lines, and others about this line', () => {
  const lines = new ForeignLines();
  lines.down('b', LINE, 0, 0);
  lines.works(LINE, 1000, 1000);
  assert.equal(lines.down('b', LINE + 1, 0, 2000), FOREIGN_DOWN_MS);
  assert.equal(lines.down('c', LINE, 0, 2000), FOREIGN_DOWN_MS);
});

test('own success before it was said disproves nothing', () => {
  const lines = new ForeignLines();
  lines.down('b', LINE, 0, 1000);
  assert.equal(lines.works(LINE, 999, 1500), false);
  assert.equal(lines.isDown(LINE, 1500), true);
  assert.equal(lines.isDisbelieved('b', LINE, 1500), false);
});

test('own success shortly after it was over still disproves it, and long after not', () => {
  const lines = new ForeignLines();
  lines.down('b', LINE, 0, 0);
  assert.equal(lines.works(LINE, 9999, 9999), false);
  assert.equal(lines.isDisbelieved('b', LINE, 9999), true);
  lines.down('c', LINE, 0, 20_000);
  assert.equal(lines.works(LINE, 30_000, 30_000), false);
  assert.equal(lines.isDisbelieved('c', LINE, 30_000), false);
});

test('success after success does not make the minute longer', () => {
  const lines = new ForeignLines();
  lines.down('b', LINE, 0, 0);
  lines.works(LINE, 1000, 1000);
  for (let now = 1000; now < 61_000; now += 1000) lines.works(LINE, now, now);
  assert.equal(lines.isDisbelieved('b', LINE, 60_999), true);
  assert.equal(lines.isDisbelieved('b', LINE, 61_000), false);
});

test('it ends when the last gateway that said so says that it is up', () => {
  const lines = new ForeignLines();
  lines.down('b', LINE, 0, 0);
  lines.down('c', LINE, 0, 0);
  assert.equal(lines.up('d', LINE, 100), false);
  assert.equal(lines.up('b', LINE, 100), false);
  assert.equal(lines.isDown(LINE, 100), true);
  assert.equal(lines.up('c', LINE, 100), true);
  assert.equal(lines.isDown(LINE, 100), false);
  assert.equal(lines.up('c', LINE, 100), false);
  assert.equal(lines.isDisbelieved('c', LINE, 100), false);
});

test('lines and gateways that are gone are forgotten', () => {
  const lines = new ForeignLines();
  for (const line of [1, 2]) for (const gateway of ['b', 'c']) lines.down(gateway, line, 0, 0);
  lines.keep(new Set([1]), new Set(['c']));
  assert.deepEqual([lines.isDown(1, 0), lines.isDown(2, 0)], [true, false]);
  assert.equal(lines.up('c', 1, 0), true);
});

test('a gateway that calls all lines down again and again has each of them last for five seconds in a minute where they work', () => {
  const lines = new ForeignLines();
  let last = 0;
  for (let now = 0; now < 600_000; now += 1000) {
    for (const line of [0, 1, 2]) lines.down('evil', line, 0, now);
    if (lines.isDown(0, now)) last += 1;
    lines.works(0, now + 500, now + 500);
  }
  assert.ok(last <= 10, `${last} of 600 seconds`);
});
