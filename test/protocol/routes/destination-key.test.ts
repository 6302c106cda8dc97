import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bulkKey,
  destinationKey,
  hostOf,
  isSticky,
  isUdp,
  siteKey,
  udpKey,
  udpSiteKey,
} from '../../../src/protocol/routes/destination-key.js';

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

test('what datagrams do is remembered apart, for all or for one asker, and is no host that others hear of', () => {
  const forAll = [udpKey('site.test', 443, undefined), udpKey('2001:db8::1', 443, undefined)];
  assert.deepEqual(forAll, ['udp[site.test:443]', 'udp[[2001:db8::1]:443]']);
  const forOne = [udpKey('site.test', 443, '192.0.2.1'), udpSiteKey('site.test', '192.0.2.1')];
  assert.deepEqual(forOne, ['192.0.2.1 udp[site.test:443]', '192.0.2.1 udp[site.test]']);
  for (const key of [...forAll, ...forOne]) {
    assert.equal(isUdp(key), true);
    assert.equal(hostOf(key), undefined);
    assert.equal(isSticky(key), forOne.includes(key));
  }
  const others = [destinationKey('site.test', 443, undefined), destinationKey('site.test', 443, '192.0.2.1')];
  others.push(destinationKey('udp', 443, undefined), siteKey('udp', '192.0.2.1'), bulkKey('site.test'));
  for (const key of others) assert.equal(isUdp(key), false);
});
