import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  gatewayKey,
  gatewaysKey,
  idOf,
  isShareName,
  newsKey,
  quotaKey,
  routeKeys,
  SLOTS,
  slotOf,
} from '../../../src/protocol/share/keys.js';
import { LineIds, lineId } from '../../../src/protocol/share/line-ids.js';
import { OTHERS, SECRETS } from './site.js';

test('all keys of a site have its tag, so that a cluster keeps them together', () => {
  const id = idOf(SECRETS, 'www.example.com:443');
  assert.equal(id, '-t4YaqWZ5izwJoCgltV0rg');
  assert.deepEqual(routeKeys('main', id), [`tr1:{main}:r:0:${id}`, `tr1:{main}:r:1:${id}`, `tr1:{main}:r:2:${id}`]);
  assert.equal(newsKey('main'), 'tr1:{main}:news');
  assert.equal(gatewayKey('main', 'b'), 'tr1:{main}:gw:b');
  assert.equal(gatewaysKey('main'), 'tr1:{main}:gws');
  assert.equal(quotaKey('main', '2026-11', 'id'), 'tr1:{main}:q:2026-11:id');
  assert.equal(quotaKey('main', '30', 'id', 'b'), 'tr1:{main}:q:30:id:b');
});

test('an id tells a destination only with the secret of the site', () => {
  assert.equal(idOf(SECRETS, 'a:1'), idOf(SECRETS, 'a:1'));
  assert.notEqual(idOf(SECRETS, 'a:1'), idOf(SECRETS, 'a:2'));
  assert.notEqual(idOf(SECRETS, 'a:1'), idOf(OTHERS, 'a:1'));
});

test('gateways are spread over the slots, and each stays in its own', () => {
  const counts = [0, 0, 0];
  for (let n = 0; n < 300; n += 1) counts[slotOf(`gateway-${n}`)] += 1;
  assert.equal(counts.length, SLOTS);
  for (const count of counts) assert.ok(count > 70 && count < 130, `${counts}`);
  assert.equal(slotOf('a'), slotOf('a'));
});

test('names of sites and gateways are short and plain', () => {
  for (const name of ['a', 'main', 'gw-1.example_2', 'x'.repeat(32)]) assert.equal(isShareName(name), true, name);
  for (const name of ['', 'A', 'a b', 'a}', 'ä', 'a\n', 'x'.repeat(33)]) assert.equal(isShareName(name), false, name);
});

test('lines are known by their names, whatever their numbers', () => {
  const here = new LineIds(SECRETS, [
    { number: 0, name: 'fibre' },
    { number: 3, name: 'lte' },
  ]);
  const there = new LineIds(SECRETS, [{ number: 0, name: 'lte' }]);
  assert.equal(here.numberOf(there.idOf(0) ?? ''), 3);
  assert.equal(there.numberOf(here.idOf(0) ?? ''), undefined);
  assert.equal(here.idOf(1), undefined);
  assert.equal(lineId(SECRETS, 'fibre').length, 11);
  assert.notEqual(lineId(SECRETS, 'fibre'), lineId(OTHERS, 'fibre'));
});
