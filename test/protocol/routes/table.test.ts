import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DestinationMemory } from '../../../src/protocol/routes/destination-memory.js';
import { RouteTable } from '../../../src/protocol/routes/table.js';
import { candidate, lineView } from '../../helpers/candidates.js';

const ALL = lineView();

/** Something happened to the destination now. */
function touch(table: RouteTable, destination: string, now: number): DestinationMemory {
  const memory = table.open(destination, now);
  memory.connected(candidate(0), 20, now, ALL);
  return memory;
}

const names = (table: RouteTable, now: number): string[] => [...table.entries(now)].map(([name]) => name);

test('a destination is remembered for its time and no longer', () => {
  const table = new RouteTable(10, 1000);
  const memory = touch(table, 'a:1', 5000);
  assert.equal(table.get('a:1', 5999), memory);
  assert.equal(table.get('a:1', 6000), undefined);
  assert.equal(table.size, 0);
  assert.equal(table.get('b:1', 5000), undefined);
});

test('asking for a destination does not make it last longer, what happens to it does', () => {
  const table = new RouteTable(10, 1000);
  touch(table, 'a:1', 0);
  table.get('a:1', 900);
  assert.equal(table.get('a:1', 1000), undefined);
  touch(table, 'a:1', 0);
  assert.equal(touch(table, 'a:1', 900).candidates[0].successes, 2);
  assert.equal(table.get('a:1', 1899)?.candidates[0].successes, 2);
});

test('what has expired begins anew', () => {
  const table = new RouteTable(10, 1000);
  const memory = touch(table, 'a:1', 0);
  const anew = touch(table, 'a:1', 1000);
  assert.notEqual(anew, memory);
  assert.equal(anew.candidates[0].successes, 1);
  assert.equal(table.size, 1);
});

test('beyond the bound the destination used longest ago goes', () => {
  const table = new RouteTable(3, 1000, 1);
  for (const name of ['a', 'b', 'c']) touch(table, name, 0);
  table.get('a', 1);
  touch(table, 'd', 2);
  assert.deepEqual(names(table, 3), ['c', 'a', 'd']);
  touch(table, 'c', 4);
  touch(table, 'e', 5);
  assert.deepEqual(names(table, 6), ['d', 'c', 'e']);
  assert.equal(table.size, 3);
});

test('one that is used again and again keeps its place for a second', () => {
  const table = new RouteTable(2, 10_000);
  for (const name of ['a', 'b']) touch(table, name, 0);
  table.get('a', 999);
  assert.deepEqual(names(table, 999), ['a', 'b']);
  table.get('a', 1000);
  assert.deepEqual(names(table, 1000), ['b', 'a']);
});

test('putting one in the place of itself drives nobody out', () => {
  const table = new RouteTable(2, 1000);
  for (const name of ['a', 'b']) touch(table, name, 0);
  const other = new DestinationMemory();
  other.connected(candidate(1), 20, 1, ALL);
  table.put('a', other);
  assert.deepEqual(names(table, 2), ['b', 'a']);
  assert.equal(table.get('a', 2), other);
});

test('looking at what is there changes nothing, and does not show what has expired', () => {
  const table = new RouteTable(3, 1000);
  for (const [i, name] of ['a', 'b', 'c'].entries()) touch(table, name, i * 100);
  assert.equal(table.peek('a', 999)?.candidates.length, 1);
  assert.equal(table.peek('a', 1000), undefined);
  assert.deepEqual(names(table, 1100), ['c']);
  assert.deepEqual(names(table, 0), ['a', 'b', 'c']);
  assert.equal(table.size, 3);
  touch(table, 'd', 300);
  assert.deepEqual(names(table, 300), ['b', 'c', 'd']);
});

test('whatever is done, it holds what a list kept by hand holds', () => {
  const step = fc.record({
    what: fc.constantFrom('get', 'peek', 'touch'),
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    passed: fc.nat(400),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 4 }), (steps, entries_max) => {
      const table = new RouteTable(entries_max, 1000, 0);
      let model: { name: string; touched: number }[] = [];
      let now = 0;
      for (const { what, name, passed } of steps) {
        now += passed;
        const found = model.find((one) => one.name === name);
        const alive = found !== undefined && now - found.touched < 1000;
        if (what === 'peek') assert.equal(table.peek(name, now) !== undefined, alive);
        else if (what === 'get') {
          assert.equal(table.get(name, now) !== undefined, alive);
          model = model.filter((one) => one !== found);
          if (found !== undefined && alive) model.push(found);
        } else {
          touch(table, name, now);
          model = model.filter((one) => one !== found);
          if (model.length >= entries_max) model.shift();
          model.push({ name, touched: now });
        }
        const expected = model.filter(({ touched }) => now - touched < 1000);
        assert.deepEqual(
          names(table, now),
          expected.map((one) => one.name),
        );
        assert.equal(table.size, model.length);
      }
    }),
  );
});

test('other bounds hold at once: what was used longest ago goes, and what is younger than the new time stays', () => {
  const table = new RouteTable(3, 1000, 1);
  for (const [at, name] of ['a:1', 'b:1', 'c:1'].entries()) touch(table, name, at * 100);
  table.get('a:1', 300);
  table.setBounds(2, 1000);
  assert.deepEqual(names(table, 300), ['c:1', 'a:1']);
  touch(table, 'd:1', 400);
  assert.deepEqual(names(table, 400), ['a:1', 'd:1']);
  table.setBounds(5, 350);
  assert.deepEqual(names(table, 400), ['d:1']);
  table.setBounds(5, 2000);
  assert.deepEqual(names(table, 1900), ['a:1', 'd:1']);
});
