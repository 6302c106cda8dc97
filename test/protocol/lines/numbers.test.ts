// The numbers of lines over several configurations, as a reload would bring them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Hop } from '../../../src/protocol/lines/line.js';
import {
  byNumber,
  identityOf,
  LineNumbers,
  tableLength,
  type Unnumbered,
} from '../../../src/protocol/lines/numbers.js';
import { USUAL } from '../../../src/protocol/lines/preference.js';

const hop = (host: string, password?: string): Hop => ({
  ...{ kind: 'socks5', host, port: 1080, username: password && 'user', password },
});

function line(name: string, hops: readonly Hop[] = [], ip?: string, port = 0): Unnumbered {
  return { name, source: { ip, port }, hops };
}

const numbers = (lines: readonly { readonly name: string; readonly number: number }[]) =>
  Object.fromEntries(lines.map(({ name, number }) => [name, number]));

test('the lines of the first configuration are numbered by their places', () => {
  const given = new LineNumbers().give([line('a'), line('b'), line('c')]);
  assert.deepEqual(numbers(given), { a: 0, b: 1, c: 2 });
  assert.deepEqual(given[1], { number: 1, ...line('b'), isDirect: true, ...USUAL });
});

test('a line keeps its number where others come, go or change places', () => {
  const all = new LineNumbers();
  all.give([line('a'), line('b'), line('c')]);
  assert.deepEqual(numbers(all.give([line('c'), line('new'), line('a')])), { c: 2, new: 3, a: 0 });
  assert.deepEqual(numbers(all.give([line('a')])), { a: 0 });
});

test('a line keeps its number where its tier, cost and weight change', () => {
  const all = new LineNumbers();
  all.give([line('a')]);
  const preference = { tier: 2, cost_ms: 30, weight: 4 };
  assert.deepEqual(all.give([{ ...line('a'), preference }]), [
    { number: 0, ...line('a'), isDirect: true, ...preference },
  ]);
});

test('no number is used again, not even for a line that comes back', () => {
  const all = new LineNumbers();
  all.give([line('a'), line('b')]);
  all.give([line('a')]);
  assert.deepEqual(numbers(all.give([line('a'), line('b')])), { a: 0, b: 2 });
});

test('another name, source or proxy is another line, another password is not', () => {
  const same = line('a', [hop('p', 'secret')], '192.0.2.1', 9);
  const numberOf = (other: Unnumbered): number => {
    const all = new LineNumbers();
    all.give([same]);
    return all.give([other])[0]?.number as number;
  };
  assert.equal(numberOf(same), 0);
  assert.equal(numberOf(line('a', [hop('p')], '192.0.2.1', 9)), 0);
  for (const other of [
    line('b', [hop('p')], '192.0.2.1', 9),
    line('a', [hop('q')], '192.0.2.1', 9),
    line('a', [hop('p'), hop('p')], '192.0.2.1', 9),
    line('a', [], '192.0.2.1', 9),
    line('a', [hop('p')], '192.0.2.2', 9),
    line('a', [hop('p')], undefined, 9),
    line('a', [hop('p')], '192.0.2.1', 0),
  ])
    assert.equal(numberOf(other), 1, identityOf(other));
});

test('the identity is what state files have, and tells no password', () => {
  const identity = identityOf(line('a', [hop('p', 'secret')], '192.0.2.1', 9));
  assert.equal(identity, '["a","192.0.2.1",9,["p",1080]]');
  const way = { name: 'a', source: { ip: undefined, port: 0, device: 'eth0', mark: 7 } };
  const http: Hop = { ...hop('p'), kind: 'http' };
  assert.equal(identityOf({ ...way, hops: [http] }), '["a",null,0,{"device":"eth0","mark":7},["p",1080,"http"]]');
});

test('a table has each line at its number, and holes where lines have gone', () => {
  const all = new LineNumbers();
  all.give([line('a'), line('b'), line('c')]);
  const left = all.give([line('new'), line('b')]);
  assert.equal(tableLength(left), 4);
  assert.deepEqual(
    byNumber(left).map((one) => one?.name),
    [undefined, 'b', undefined, 'new'],
  );
  assert.deepEqual([tableLength([]), byNumber([])], [0, []]);
});

test('whatever configurations follow each other, a number stands for one line only', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(name), { maxLength: 12 }), (configurations) => {
      const all = new LineNumbers();
      const owner = new Map<number, string>();
      let before: Readonly<Record<string, number>> = {};
      for (const names of configurations) {
        const now = numbers(all.give(names.map((one) => line(one))));
        for (const [one, number] of Object.entries(now)) {
          assert.equal(owner.get(number) ?? one, one);
          if (one in before) assert.equal(number, before[one]);
          owner.set(number, one);
        }
        before = now;
      }
    }),
  );
});
