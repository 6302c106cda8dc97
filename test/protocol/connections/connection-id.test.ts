import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatConnectionId, parseConnectionId } from '../../../src/protocol/connections/connection-id.js';

test('the name of a connection is read back as it was', () => {
  for (const id of [
    { actor: 0, slot: 0, serial: 1 },
    { actor: 63, slot: 1_048_575, serial: 1_790_000_000_123_456 },
  ]) {
    assert.deepEqual(parseConnectionId(formatConnectionId(id)), id);
  }
});

test('what is no such name is nobody', () => {
  for (const text of ['', '1', '1-2', '1-2-3-4', 'a-1-1', '-1-1-1', '1-1-zzzzzzzzzzz', '1-1-1 ', '1-A-1']) {
    assert.equal(parseConnectionId(text), undefined, text);
  }
});
