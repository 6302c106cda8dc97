import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  comparing,
  FirstPlaces,
  formatCursor,
  type Order,
  type Place,
  parseCursor,
} from '../../../src/protocol/connections/order.js';
import { dice } from '../../helpers/dice.js';

const NEWEST: Order = { by: 'opened_at', descending: true };
const place = (key: number, actor = 0, serial = 1): Place => ({ key, actor, serial, slot: 0 });

test('places are sorted by their keys, and of the same key by actor and serial number, upwards and downwards', () => {
  const places = [place(2, 0, 9), place(1, 1, 5), place(2, 0, 3), place(1, 0, 7)];
  const up = [...places].sort(comparing({ by: 'bytes_up', descending: false }));
  assert.deepEqual(up, [places[3], places[1], places[2], places[0]]);
  assert.deepEqual([...places].sort(comparing({ by: 'bytes_up', descending: true })), up.reverse());
});

test('of many places the first ones are kept, as sorting all of them would tell', () => {
  const roll = dice(7);
  const compare = comparing(NEWEST);
  for (const most of [0, 1, 10, 2000]) {
    const places = Array.from({ length: 1000 }, (_, i) => place(roll(100), i % 3, i));
    const first = new FirstPlaces(compare, most);
    for (const one of places) first.add(one);
    assert.deepEqual(first.list, places.sort(compare).slice(0, most));
  }
});

test('a cursor says where the next page begins, of one order only', () => {
  const at = { ...place(1_790_000_000_123, 3, 1_790_000_000_123_456) };
  const text = formatCursor(NEWEST, at);
  assert.match(text, /^[a-z0-9._]+$/);
  assert.deepEqual(parseCursor(NEWEST, text), at);
  assert.equal(parseCursor({ ...NEWEST, descending: false }, text), undefined);
  assert.equal(parseCursor({ ...NEWEST, by: 'bytes_up' }, text), undefined);
  for (const bad of ['', 'opened_at.desc', `${text}.1`, 'opened_at.desc.-1.0.1', 'opened_at.desc.zzzzzzzzzzz.0.1']) {
    assert.equal(parseCursor(NEWEST, bad), undefined, bad);
  }
});
