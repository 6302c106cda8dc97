import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteCount } from '../../../src/protocol/text/byte-count.js';

test('bytes are shown in the unit that leaves at most three digits before the point', () => {
  for (const [bytes, text] of [
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1250, '1.3 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1 MB'],
    [50e9, '50 GB'],
    [1e18, '1000 PB'],
  ] as const) {
    assert.equal(byteCount(bytes), text);
  }
});
