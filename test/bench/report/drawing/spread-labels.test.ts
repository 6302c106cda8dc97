import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { spreadLabels } from '../../../../bench/report/drawing/spread-labels.js';

test('labels that are apart stay where they are', () => {
  assert.deepEqual(spreadLabels([50, 10, 90], 14, 0, 100), [50, 10, 90]);
});

test('labels that cover each other are moved apart, in their order', () => {
  assert.deepEqual(spreadLabels([52, 50, 51], 10, 0, 100), [70, 50, 60]);
  assert.deepEqual(spreadLabels([99, 100], 10, 0, 100), [90, 100]);
  assert.deepEqual(spreadLabels([-5, 0], 10, 0, 100), [0, 10]);
});

test('as many as there is room for are all apart and inside', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 11 }), (wanted) => {
      const places = [...spreadLabels(wanted, 10, 0, 100)].sort((a, b) => a - b);
      for (const [index, place] of places.entries()) {
        assert.ok(place >= -1e-9 && place <= 100 + 1e-9);
        if (index > 0) assert.ok(place - places[index - 1] >= 10 - 1e-9);
      }
    }),
  );
});
