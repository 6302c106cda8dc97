import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalAddress, dialledAddress } from '../../../../../src/main/config/checks/values/address.js';

test('an address is the one that it is everywhere else: compatible is not mapped', () => {
  assert.equal(canonicalAddress('::127.0.0.1'), '::7f00:1');
  assert.equal(dialledAddress('::127.0.0.1'), '::7f00:1');
  assert.equal(dialledAddress('::ffff:127.0.0.1'), '127.0.0.1');
  assert.equal(dialledAddress('[::ffff:7f00:1]'), '127.0.0.1');
  assert.equal(canonicalAddress('64:ff9b::1.2.3.4'), '64:ff9b::102:304');
  for (const none of ['::256.0.0.1', '127.1', '::1%lo', '']) assert.equal(canonicalAddress(none), undefined, none);
});
