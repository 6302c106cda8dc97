// What top makes of answers: rates of connections, clients, filters and orders.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Part } from '../../../../src/main/commands/admin/part.js';
import { clientsOf } from '../../../../src/main/commands/top/clients.js';
import { connectionFilter, flowFilter, hasWords } from '../../../../src/main/commands/top/filter.js';
import { helpLines } from '../../../../src/main/commands/top/help.js';
import { inOrder } from '../../../../src/main/commands/top/order.js';
import { ConnectionRates } from '../../../../src/main/commands/top/rates.js';

const row = (id: string, bytes_down: number, more: object = {}): Part =>
  new Part({ id, bytes_up: 0, bytes_down, ...more });

test('a rate is what a connection has carried since it was last seen', () => {
  const rates = new ConnectionRates();
  rates.see([row('a', 1000)], 0);
  assert.equal(rates.of(row('a', 1000)), undefined);
  assert.equal(rates.of(row('a', 1000, { bytes_down_per_s: 7 })), 7);
  rates.see([row('a', 3000), row('b', 5)], 1000);
  assert.deepEqual([rates.of(row('a', 3000)), rates.of(row('b', 5))], [2000, undefined]);
  // So soon it is the same.
  rates.see([row('a', 9000)], 1100);
  assert.equal(rates.of(row('a', 9000)), 2000);
  rates.see([row('a', 3000)], 2000);
  assert.equal(rates.of(row('a', 3000)), 0);
  // What is not in an answer is forgotten.
  rates.see([], 3000);
  rates.see([row('a', 99)], 4000);
  assert.equal(rates.of(row('a', 99)), undefined);
});

test('clients are addresses with their users', () => {
  const connections = [
    { client: '192.0.2.1:1', user: 'ann', bytes_up: 1, bytes_down: 10 },
    { client: '192.0.2.1:2', user: 'ann', bytes_up: 2, bytes_down: 20 },
    { client: '192.0.2.1:3', bytes_up: 4, bytes_down: 40 },
    { client: '[2001:db8::1]:4', bytes_up: 0, bytes_down: 0 },
    { client: 'unix', bytes_up: 0, bytes_down: 0 },
  ].map((one) => new Part(one));
  assert.deepEqual(
    clientsOf(connections, () => 5).map(({ client, user, live, up, down, rate }) => [
      client,
      user,
      live,
      up,
      down,
      rate,
    ]),
    [
      ['192.0.2.1', 'ann', 2, 3, 30, 10],
      ['192.0.2.1', '', 1, 4, 40, 5],
      ['2001:db8::1', '', 1, 0, 0, 5],
      ['unix', '', 1, 0, 0, 5],
    ],
  );
});

test('a filter of flows has two keys more', () => {
  const words = 'kind:quic association:0-1-2 a.test';
  assert.deepEqual(flowFilter(words), { kind: 'quic', association: '0-1-2', target: 'a.test' });
  assert.deepEqual(connectionFilter('kind:quic'), { target: 'kind:quic' });
});

test('a filter has words by their keys, and a word alone is a target', () => {
  assert.deepEqual(connectionFilter(' line:fast  client:2001:db8::/32 [::1]:443 '), {
    line: 'fast',
    client: '2001:db8::/32',
    target: '[::1]:443',
  });
  assert.deepEqual(connectionFilter(''), {});
});

test('rows are chosen by words that stand anywhere in them, in whatever case', () => {
  assert.ok(hasWords('FAST do', ['fast', 'down (again in 3 s)']));
  assert.ok(!hasWords('fast up', ['fast', 'down']));
});

test('rows of the same key stay as they were', () => {
  const lines = ['b', 'a', 'c'].map((line, place) => new Part({ line, wins: place === 2 ? 1 : 0 }));
  const names = (by: string, descending: boolean): string[] =>
    inOrder('lines', lines, { by, descending }).map((line) => line.text('line') ?? '');
  assert.deepEqual(names('order', false), ['b', 'a', 'c']);
  assert.deepEqual(names('order', true), ['c', 'a', 'b']);
  assert.deepEqual(names('line', false), ['a', 'b', 'c']);
  assert.deepEqual(names('wins', true), ['c', 'b', 'a']);
});

test('the help has room in 80 columns and 24 rows', () => {
  assert.ok(helpLines().every((line) => line.length <= 80));
  assert.ok(helpLines().length <= 24 - 6);
});
