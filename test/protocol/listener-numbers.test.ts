// Numbers of listeners: a place keeps its number, and a number has another place only when nothing has it any more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LISTENERS_MAX, type ListenPlace } from '../../src/protocol/listen-options.js';
import { type Given, identitiesOf, ListenerNumbers } from '../../src/protocol/listener-numbers.js';

const at = (host: string, port: number): ListenPlace => ({ kind: 'internet', host, port });
const file = (path: string, mode = 0o600): ListenPlace => ({ kind: 'unix', path, mode });

function given(from: ListenerNumbers, identities: readonly string[], inUse?: ReadonlySet<number>): Given {
  const numbers = from.give(identities, inUse);
  assert.ok(numbers !== undefined, 'there are numbers');
  return numbers;
}

test('a place is known by its address and port, or by its path, however they are written', () => {
  const identities = identitiesOf([at('127.0.0.1', 1), at('::1', 1), at('127.0.0.1', 2), file('/a'), file('/b')]);
  assert.equal(new Set(identities).size, 5);
  assert.deepEqual(identitiesOf([at('0:0:0:0:0:0:0:1', 1)]), [identities[1]]);
  assert.deepEqual(identitiesOf([file('/a', 0o666)]), [identities[3]]);
});

test('those that leave their port to the kernel are told apart by their order on one address', () => {
  const [first, second, other] = identitiesOf([at('127.0.0.1', 0), at('127.0.0.1', 0), at('::1', 0)]);
  assert.equal(new Set([first, second, other]).size, 3);
  assert.deepEqual(identitiesOf([at('::1', 0), at('127.0.0.1', 5), at('127.0.0.1', 0), at('127.0.0.1', 0)]), [
    ...[other, '127.0.0.1 5', first, second],
  ]);
});

test('the first get 0, 1, 2 …; those that stay or come back have their numbers, in any order', () => {
  const first = given(new ListenerNumbers(), ['a', 'b', 'c']);
  assert.deepEqual(first.numbers, [0, 1, 2]);
  const second = given(first.next, ['c', 'd', 'a']);
  assert.deepEqual(second.numbers, [2, 3, 0]);
  const third = given(second.next, ['b', 'e']);
  assert.deepEqual(third.numbers, [1, 4]);
  // What was given, but is not taken, is not known.
  assert.deepEqual(given(first.next, ['e']).numbers, [3]);
});

test('a number is used again only when there is no other, no connection has it, and its place went before others', () => {
  const all = Array.from({ length: LISTENERS_MAX }, (_, n) => `first ${n}`);
  let { next } = given(new ListenerNumbers(), all);
  // 5 goes first, then 3 and 7.
  ({ next } = given(
    next,
    all.filter((_, n) => n !== 5),
  ));
  ({ next } = given(
    next,
    all.filter((_, n) => ![3, 5, 7].includes(n)),
  ));
  const some = all.slice(8);
  assert.equal(next.give([...some, 'new']), undefined, 'who has which is not known');
  assert.equal(given(next, [...some, 'new'], new Set()).numbers.at(-1), 5);
  assert.equal(given(next, [...some, 'new'], new Set([5])).numbers.at(-1), 3);
  const three = given(next, [...some, 'x', 'y', 'z'], new Set([7]));
  assert.deepEqual(three.numbers.slice(-3), [5, 3, 0]);
  // A place that has lost its number is another one when it comes back.
  assert.equal(given(three.next, [...some, 'first 5', 'first 7'], new Set()).numbers.at(-1), 7);
  assert.notEqual(given(three.next, [...some, 'first 5'], new Set([0, 3, 5])).numbers.at(-1), 5);
  const used = new Set([0, 1, 2, 3, 4, 5, 6, 7]);
  assert.equal(next.give([...some, 'new'], used), undefined);
});

test('numbers that are given are different, and below the bound', () => {
  let numbers = new ListenerNumbers();
  for (let round = 0; round < 500; round += 1) {
    const identities = Array.from({ length: 1 + (round % 7) }, (_, n) => `${(round * 3) % 400} ${n}`);
    const one = given(numbers, identities, new Set());
    assert.equal(new Set(one.numbers).size, identities.length);
    for (const number of one.numbers) assert.ok(number >= 0 && number < LISTENERS_MAX);
    numbers = one.next;
  }
});
