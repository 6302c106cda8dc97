import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseByteSize } from '../../../../../src/main/config/checks/values/byte-size.js';

test('bytes have a unit of a thousand or of 1024', () => {
  for (const [text, bytes] of [
    ['50GB', 50e9],
    [' 50 GB ', 50e9],
    ['1.1kB', 1100],
    ['1KB', 1000],
    ['500MiB', 500 * 2 ** 20],
    ['1.5TiB', 1.5 * 2 ** 40],
    ['7B', 7],
    ['0.0001kB', undefined],
    ['50', undefined],
    ['50Gb', undefined],
    ['50G', undefined],
    ['-1GB', undefined],
    ['1e3B', undefined],
    ['', undefined],
  ] as const) {
    assert.equal(parseByteSize(text), bytes, text);
  }
});
