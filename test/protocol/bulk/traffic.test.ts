import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Traffic } from '../../../src/protocol/bulk/traffic.js';

const MIB = 1_048_576;

test('a site is one of bulk transfers when at least half of its last bytes came in bulk', () => {
  const traffic = new Traffic();
  assert.equal(traffic.bulk, undefined);
  traffic.add('down', 2 * MIB);
  assert.equal(traffic.bulk, 'down');
  traffic.add('other', 2 * MIB);
  assert.equal(traffic.bulk, 'down');
  traffic.add('other', 1);
  assert.equal(traffic.bulk, undefined);
});

test('what was long ago counts for less, however much it was', () => {
  const traffic = new Traffic();
  traffic.add('down', 1000 * MIB);
  for (let n = 0; n < 80; n += 1) traffic.add('other', MIB);
  assert.equal(traffic.bulk, undefined);
});

test('the way that has most of the bytes counts', () => {
  const traffic = new Traffic();
  traffic.add('down', 2 * MIB);
  traffic.add('up', 3 * MIB);
  assert.equal(traffic.bulk, 'up');
});
