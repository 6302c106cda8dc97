import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pageOf } from '../../../src/protocol/trust/bad-address-page.js';
import { Blacklist } from '../../../src/protocol/trust/blacklist.js';

const OPTIONS = { fixed: ['192.0.2.0/24', '8.8.8.8'], rebindAllow: [], trusted: [], addresses_max: 100, ttl_ms: 1000 };

test('pages have every address once and in order, whatever their size', () => {
  const texts = fc.uniqueArray(fc.ipV4(), { maxLength: 60 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 20 }), (addresses, limit) => {
      const seen: string[] = [];
      for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
        const page = pageOf(addresses, next, limit);
        assert.ok(page.addresses.length <= limit);
        assert.equal(page.total, addresses.length);
        seen.push(...page.addresses);
        next = page.next;
      }
      assert.deepEqual(seen, [...addresses].sort());
    }),
  );
});

test('a page goes on behind an address that has gone', () => {
  assert.deepEqual(pageOf(['1.1.1.1', '3.3.3.3'], '2.2.2.2', 5), { addresses: ['3.3.3.3'], next: undefined, total: 2 });
});

test('a list has entries of the configuration with what was found of them', () => {
  const list = new Blacklist(OPTIONS);
  list.add({ address: '8.8.8.8', how: 'spoofing', by: 'x', name: 'a.org' }, 0);
  list.add({ address: '9.9.9.9', how: 'injection', by: 'x', name: 'a.org' }, 0);
  const kinds = (how?: 'static' | 'spoofing') =>
    list
      .page({ limit: 10, how }, 0)
      .addresses.map(({ address, evidence }) => [address, ...evidence.map((one) => one.how)]);
  assert.deepEqual(kinds(), [
    ['192.0.2.0/24', 'static'],
    ['8.8.8.8', 'static', 'spoofing'],
    ['9.9.9.9', 'injection'],
  ]);
  assert.deepEqual(kinds('spoofing'), [['8.8.8.8', 'static', 'spoofing']]);
  assert.deepEqual(kinds('static'), [
    ['192.0.2.0/24', 'static'],
    ['8.8.8.8', 'static', 'spoofing'],
  ]);
  // What has expired is not among them.
  assert.equal(list.page({ limit: 10 }, 1000).total, 2);
});

test('one address is found with its evidence, and in a range of the configuration', () => {
  const list = new Blacklist(OPTIONS);
  list.add({ address: '9.9.9.9', how: 'injection', by: 'x', name: 'a.org' }, 0);
  assert.deepEqual(list.find('9.9.9.9', 0)?.verdict.names, ['a.org']);
  assert.deepEqual(
    list.find('192.0.2.7', 0)?.evidence.map(({ how }) => how),
    ['static'],
  );
  assert.equal(list.find('1.2.3.4', 0), undefined);
});
