import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CELLS, parseOptions } from '../../../bench/fleet/options.js';

test('without options all cells run', () => {
  const usual = parseOptions([]);
  assert.deepEqual([usual.cells, usual.gateways, usual.quick], [CELLS, 10, false]);
  assert.deepEqual(usual.sizes, [1, 2, 5, 10, 100, 1000]);
});

test('cells, gateways and sizes are chosen', () => {
  const chosen = parseOptions(['--cells', 'site,contact', '--gateways', '3', '--sizes', '20,50', '--quick']);
  assert.deepEqual([chosen.cells, chosen.gateways, chosen.sizes], [['contact', 'site'], 3, [20, 50]]);
  assert.equal(chosen.quick, true);
});

test('what is none of them is told', () => {
  assert.throws(
    () => parseOptions(['--cells', 'all']),
    /--cells all: there are contact, site, cost, faults, simulated/,
  );
  assert.throws(() => parseOptions(['--gateways', '51']), /--gateways 51: allowed are whole numbers from 1 to 50/);
  for (const wrong of ['0', '1.5', 'x', '1001']) assert.throws(() => parseOptions(['--sizes', wrong]), /--sizes/);
  assert.throws(() => parseOptions(['--other']), /other/);
});
