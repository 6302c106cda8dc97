import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RouteTable } from '../../src/protocol/route-table.js';

test('a route is remembered for its time and no longer', () => {
  const table = new RouteTable<string>(10, 1000);
  table.set('a:1', 'x', 5000);
  assert.equal(table.get('a:1', 5999), 'x');
  assert.equal(table.get('a:1', 6000), undefined);
  assert.equal(table.size, 0);
  assert.equal(table.get('b:1', 5000), undefined);
});

test('using a route does not make it last longer, setting it does', () => {
  const table = new RouteTable<string>(10, 1000);
  table.set('a:1', 'x', 0);
  table.get('a:1', 900);
  assert.equal(table.get('a:1', 1000), undefined);
  table.set('a:1', 'x', 0);
  table.set('a:1', 'y', 900);
  assert.equal(table.get('a:1', 1899), 'y');
});

test('beyond the bound the route used longest ago goes', () => {
  const table = new RouteTable<string>(3, 1000);
  for (const name of ['a', 'b', 'c']) table.set(name, name, 0);
  table.get('a', 1);
  table.set('d', 'd', 2);
  assert.deepEqual(
    [...table.entries(3)].map(([name]) => name),
    ['c', 'a', 'd'],
  );
  table.set('c', 'other', 4);
  table.set('e', 'e', 5);
  assert.deepEqual(
    [...table.entries(6)],
    [
      ['d', 'd'],
      ['c', 'other'],
      ['e', 'e'],
    ],
  );
  assert.equal(table.size, 3);
});

test('what is forgotten is gone, and so is what has expired from the entries', () => {
  const table = new RouteTable<string>(3, 1000);
  table.set('a', 'a', 0);
  table.set('b', 'b', 500);
  table.set('c', 'c', 500);
  table.forget('b');
  table.forget('never');
  assert.deepEqual([...table.entries(1000)], [['c', 'c']]);
});
