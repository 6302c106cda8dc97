import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normaliseName } from '../../../src/protocol/address/host-name.js';
import { madeUpName } from '../../../src/protocol/trust/made-up-name.js';
import { anyUnrelated, isWithin, related } from '../../../src/protocol/trust/related-names.js';

test('names that may have one owner are related', () => {
  for (const [first, second] of [
    ['www.site.com', 'mail.site.com'],
    ['site.com', 'site.com'],
    ['google.com', 'www.google.co.jp'],
    // Not known to be unrelated without a list of public suffixes.
    ['one.co.uk', 'other.co.uk'],
  ] as const) {
    assert.ok(related(first, second) && related(second, first), `${first} ${second}`);
  }
  for (const [first, second] of [
    ['www.facebook.com', 'www.youtube.com'],
    ['twitter.com', 'nytimes.com'],
    ['api.one.com', 'api.two.org'],
  ] as const) {
    assert.ok(!related(first, second) && !related(second, first), `${first} ${second}`);
  }
});

test('two unrelated names are found among many', () => {
  assert.equal(anyUnrelated([]), false);
  assert.equal(anyUnrelated(['a.site.com', 'b.site.com', 'a.site.com']), false);
  assert.equal(anyUnrelated(['a.site.com', 'b.site.com', 'other.org']), true);
});

test('a name is within itself and what it is below', () => {
  assert.ok(isWithin('site.com', 'site.com') && isWithin('a.site.com', 'site.com'));
  assert.ok(!isWithin('asite.com', 'site.com') && !isWithin('com', 'site.com'));
});

test('a made-up name is a name, whatever the randomness', () => {
  assert.equal(madeUpName(new Uint8Array(20), 'com'), `${'a'.repeat(20)}.com`);
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (let i = 0; i + 20 <= 256; i += 20) {
    const name = madeUpName(all.subarray(i, i + 20), 'co.uk');
    assert.equal(normaliseName(name), name);
  }
});
