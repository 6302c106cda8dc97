// The order in which lines have their turns for a flow of datagrams.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Line, lineOf } from '../../../src/protocol/lines/line.js';
import { Preferences } from '../../../src/protocol/lines/preferences.js';
import { type AtDestination, type LinesNow, linesInOrder } from '../../../src/protocol/udp/line-order.js';
import { mayCarryDatagrams } from '../../../src/protocol/udp/relays.js';

const NO_SOURCE = { ip: undefined, port: 0 };
const HOP = { host: 'proxy.test', port: 1080, username: undefined, password: undefined };

const NOW: LinesNow = {
  mayUse: () => true,
  isDead: () => false,
  isSilent: () => false,
  preferences: undefined,
  fastest: (lines) => lines,
};
const NOTHING_KNOWN: AtDestination = { key: 'udp[site.test:443]', connects: undefined, isDoubted: () => false };

const order = (now: Partial<LinesNow>, at: Partial<AtDestination> = {}, lines = [0, 1, 2]): number[] =>
  linesInOrder(lines, { ...NOW, ...now }, { ...NOTHING_KNOWN, ...at }).map(({ line }) => line);

const preferencesOf = (...given: readonly Partial<Line>[]): Preferences =>
  Preferences.of(
    given.map(({ tier = 0, cost_ms = 0, weight }, number) =>
      lineOf(number, `line ${number}`, NO_SOURCE, [], { tier, cost_ms, weight }),
    ),
  ) as Preferences;

test('a line with proxies carries datagrams only if all of them speak SOCKS5', () => {
  const kinds = (...all: ('socks5' | 'socks4' | 'http' | 'https')[]) => ({
    hops: all.map((kind) => ({ ...HOP, kind })),
  });
  assert.equal(mayCarryDatagrams({ hops: [] }), true);
  assert.equal(mayCarryDatagrams(kinds('socks5', 'socks5')), true);
  for (const kind of ['socks4', 'http', 'https'] as const) {
    assert.equal(mayCarryDatagrams(kinds(kind)), false);
    assert.equal(mayCarryDatagrams(kinds('socks5', kind)), false);
  }
});

test('lines that are alike have the order of the configuration', () => {
  assert.deepEqual(order({}), [0, 1, 2]);
  assert.deepEqual(order({}, {}, [2, 0]), [2, 0]);
  assert.deepEqual(order({}, {}, [1]), [1]);
  assert.deepEqual(order({}, {}, []), []);
});

test('the line that connects there goes first, then the fast ones', () => {
  assert.deepEqual(order({}, { connects: 2 }), [2, 0, 1]);
  assert.deepEqual(order({ fastest: () => [1] }), [1, 0, 2]);
  assert.deepEqual(order({ fastest: () => [1] }, { connects: 2 }), [2, 1, 0]);
  assert.deepEqual(order({}, { connects: 7 }), [0, 1, 2], 'it may not be used');
});

test('what speaks against a line puts it behind the others, the worst last', () => {
  assert.deepEqual(order({}, { isDoubted: (line) => line === 0 }), [1, 2, 0]);
  const now = {
    isSilent: (line: number): boolean => line === 1,
    isDead: (line: number): boolean => line === 2,
    mayUse: (line: number): boolean => line !== 3,
  };
  const ranked = linesInOrder([3, 2, 1, 0, 4], { ...NOW, ...now }, { ...NOTHING_KNOWN, isDoubted: (one) => one === 0 });
  assert.deepEqual(
    ranked.map(({ line, rank }) => `${line} ${rank}`),
    ['4 usual', '0 doubted', '1 silent', '2 dead', '3 out'],
  );
});

test('a cheaper line goes before one that connects there, but not before a better rank', () => {
  const preferences = preferencesOf({ tier: 1 }, { cost_ms: 50 }, {});
  assert.deepEqual(order({ preferences }), [2, 1, 0]);
  assert.deepEqual(order({ preferences }, { connects: 0 }), [2, 1, 0]);
  assert.deepEqual(order({ preferences, isSilent: (line) => line === 2 }), [1, 0, 2]);
});

test('lines with weights share the destinations, of which each has the same line every time', () => {
  const preferences = preferencesOf({ weight: 1 }, { weight: 3 });
  const begins = [0, 0];
  for (let host = 0; host < 1000; host += 1) {
    const key = `udp[host${host}.test:443]`;
    const lines = order({ preferences }, { key }, [0, 1]);
    assert.deepEqual(order({ preferences }, { key }, [0, 1]), lines);
    begins[lines[0]] += 1;
  }
  assert.ok(begins[0] > 180 && begins[0] < 320, `a quarter begins with the first line: ${begins}`);
  const slow = order({ preferences, fastest: () => [0] }, { key: 'udp[any.test:443]' }, [1, 0]);
  assert.deepEqual(slow, [0, 1], 'one that is clearly slower has no share');
});
