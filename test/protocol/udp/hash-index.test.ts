// Beside a list: whatever is added and removed, each hash finds the entries of the list that have it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { HashIndex } from '../../../src/protocol/udp/hash-index.js';

interface Entry {
  readonly hash: number;
}

function found(index: HashIndex<Entry>, hash: number): Entry[] {
  const entries: Entry[] = [];
  for (let place = index.first(hash); place >= 0; place = index.next(place, hash)) entries.push(index.at(place));
  return entries;
}

const hashes = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.integer());
const steps = fc.array(fc.record({ hash: hashes, removes: fc.option(fc.nat(200), { nil: undefined }) }), {
  maxLength: 300,
});

describe('an index of hashes', () => {
  test('finds what is in it, and nothing else', () => {
    fc.assert(
      fc.property(fc.integer(), steps, (seed, todo) => {
        const index = new HashIndex<Entry>(seed);
        const list: Entry[] = [];
        for (const { hash, removes } of todo) {
          if (removes === undefined || list.length === 0) {
            const entry = { hash };
            list.push(entry);
            index.add(hash, entry);
          } else {
            const [entry] = list.splice(removes % list.length, 1) as [Entry];
            assert.equal(index.remove(entry.hash, entry), true);
            assert.equal(index.remove(entry.hash, entry), false);
          }
          assert.equal(index.size, list.length);
        }
        for (const hash of new Set([...todo.map((one) => one.hash), 12_345])) {
          const expected = new Set(list.filter((entry) => entry.hash === hash));
          const seen = found(index, hash);
          assert.equal(seen.length, expected.size);
          assert.deepEqual(new Set(seen), expected);
        }
      }),
    );
  });

  test('an entry that is there under another hash is not removed', () => {
    const index = new HashIndex<Entry>(0);
    const entry = { hash: 1 };
    index.add(1, entry);
    assert.equal(index.remove(2, entry), false);
    assert.equal(index.remove(1, { hash: 1 }), false);
    assert.deepEqual(found(index, 1), [entry]);
  });
});
