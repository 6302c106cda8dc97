import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Listing, type Ranked } from '../../../src/protocol/routes/listing.js';

/** All pages, one after the other. */
function pages(all: readonly Ranked[], limit: number): string[][] {
  const keys: string[][] = [];
  let after: Ranked | undefined;
  do {
    const listing = new Listing(after, limit);
    for (const one of all) listing.add(one);
    assert.equal(listing.total, all.length);
    keys.push(listing.page.map(({ key }) => key));
    after = listing.next;
  } while (after !== undefined);
  return keys;
}

test('pages follow one another by rank, and then by key, whatever the order in which all are met', () => {
  const all = ['d', 'a', 'c', 'e', 'b'].map((key) => ({ key, rank: key < 'c' ? 1 : 0 }));
  assert.deepEqual(pages(all, 2), [['c', 'd'], ['e', 'a'], ['b']]);
  assert.deepEqual(pages([...all].reverse(), 2), [['c', 'd'], ['e', 'a'], ['b']]);
  assert.deepEqual(pages(all, 5), [['c', 'd', 'e', 'a', 'b']]);
  assert.deepEqual(pages([], 5), [[]]);
});

test('a page goes on behind its place also when what stood there has gone', () => {
  const listing = new Listing({ key: 'b', rank: 0 }, 2);
  for (const key of ['a', 'c', 'd', 'e']) listing.add({ key, rank: 0 });
  assert.deepEqual(
    listing.page.map(({ key }) => key),
    ['c', 'd'],
  );
  assert.deepEqual(listing.next, { key: 'd', rank: 0 });
});

test('only a page is kept of a long table', () => {
  const listing = new Listing<Ranked>(undefined, 3);
  for (let i = 0; i < 10_000; i += 1) listing.add({ key: `${(i * 7919) % 10_000}`.padStart(5, '0'), rank: 0 });
  assert.deepEqual(
    listing.page.map(({ key }) => key),
    ['00000', '00001', '00002'],
  );
  assert.equal(listing.total, 10_000);
});
