import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bulkKey, destinationKey, hostOf, isSticky, siteKey } from '../../../src/protocol/routes/destination-key.js';

test('a destination is remembered for all, or for one client alone', () => {
  const forAll = [destinationKey('site.test', 443, undefined), destinationKey('2001:db8::1', 443, undefined)];
  assert.deepEqual(forAll, ['site.test:443', '[2001:db8::1]:443']);
  const forOne = [destinationKey('site.test', 443, '192.0.2.1'), destinationKey('site.test', 443, '2001:db8::7')];
  assert.deepEqual(forOne, ['192.0.2.1 site.test:443', '2001:db8::7 site.test:443']);
  forOne.push(siteKey('site.test', '192.0.2.1'), siteKey('2001:db8::1', '192.0.2.1'));
  assert.deepEqual(forOne.slice(2), ['192.0.2.1 [site.test]', '192.0.2.1 [2001:db8::1]']);
  assert.equal(new Set(forOne).size, 4);
  for (const key of forAll) assert.equal(isSticky(key), false);
  for (const key of forOne) assert.equal(isSticky(key), true);
});

test('the host of a key, without the dot of an absolute name, and none of what is for one asker', () => {
  const keys = ['site.test:443', 'site.test.:443', '[2001:db8::1]:443', '192.0.2.1:80', '192.0.2.7 site.test:443'];
  assert.deepEqual(keys.map(hostOf), ['site.test', 'site.test', '[2001:db8::1]', '192.0.2.1', undefined]);
  assert.deepEqual([hostOf(bulkKey('site.test')), hostOf(bulkKey('2001:db8::1'))], [undefined, undefined]);
});
