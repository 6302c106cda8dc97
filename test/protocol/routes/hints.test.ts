// What neighbours tell of a first contact: which line, from whom, and whether others may wait for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DestinationMemory } from '../../../src/protocol/routes/destination-memory.js';
import { hintFrom, type Neighbour } from '../../../src/protocol/routes/hints.js';
import { candidate, lineView } from '../../helpers/candidates.js';

const RULES = { margin_ms: 30, ttl_ms: 600_000 };
const ALL = lineView();
const [DIRECT, PROXY] = [candidate(0), candidate(1)];

/** A neighbour that a line has carried in 20 ms. */
function carried(key: string, by: typeof DIRECT, at: number): Neighbour {
  const memory = new DestinationMemory();
  memory.connected(by, 20, at, ALL);
  memory.choose(at, RULES.ttl_ms, ALL, false);
  return [key, memory];
}

const hint = (neighbours: readonly Neighbour[], now: number, lines = ALL) =>
  hintFrom('site', neighbours, 443, RULES, now, lines);

test('the line of a neighbour goes first, alone for as long as it takes there, with whom it comes from and when', () => {
  const expected = { line: 0, from: 'a.example.com:443', by: 'site', worked: 5, alone_ms: 90, isNeeded: false };
  assert.deepEqual(hint([carried('a.example.com:443', DIRECT, 5)], 100), expected);
});

test('the others never wait long for it', () => {
  const slow = carried('a.example.com:443', DIRECT, 0);
  slow[1].connected(DIRECT, 2000, 1, ALL);
  assert.equal(hint([slow], 2)?.alone_ms, 250);
});

test('of several neighbours the one with the same port counts, then the one that worked last', () => {
  const [old, late, web] = [
    carried('a.example.com:443', DIRECT, 1),
    carried('b.example.com:443', PROXY, 2),
    carried('c.example.com:80', DIRECT, 3),
  ];
  assert.equal(hint([late, old, web], 10)?.from, 'b.example.com:443');
  assert.equal(hint([web, old], 10)?.from, 'a.example.com:443');
});

test('nobody waits where a line has failed for a neighbour, or only another port is known', () => {
  const censored = carried('a.example.com:443', PROXY, 1);
  censored[1].failed(DIRECT, 'reset', 2);
  censored[1].connected(PROXY, 20, 3, ALL);
  const told = hint([carried('b.example.com:443', DIRECT, 1), censored], 10);
  assert.deepEqual([told?.line, told?.alone_ms, told?.isNeeded], [1, undefined, true]);
  assert.equal(hint([carried('a.example.com:80', DIRECT, 1)], 10)?.alone_ms, undefined);
  // What failed too long ago counts no longer.
  censored[1].connected(PROXY, 20, 600_010, ALL);
  assert.ok(hint([censored], 600_010)?.alone_ms);
});

test('a neighbour of which only another gateway has told shows nothing', () => {
  const [key, told] = carried('a.example.com:443', PROXY, 5);
  told.isHearsay = true;
  assert.equal(hint([[key, told]], 10), undefined);
  assert.equal(hint([[key, told], carried('b.example.com:443', DIRECT, 1)], 10)?.from, 'b.example.com:443');
});

test('of what works for a neighbour, a line that has answered goes before one that has only connected', () => {
  const [key, memory] = carried('a.example.com:443', PROXY, 5);
  assert.equal(hint([[key, memory]], 10)?.line, 1);
  memory.connected(DIRECT, 900, 6, ALL);
  memory.answered(DIRECT, 900, 6);
  memory.connected(PROXY, 20, 7, ALL);
  assert.equal(memory.best?.line, 1);
  assert.equal(hint([[key, memory]], 10)?.line, 0);
});

test('nobody waits for a line that answers early', () => {
  const early = lineView({ early: [0] });
  const known = carried('a.example.com:443', DIRECT, 1);
  assert.equal(hint([known], 2, early)?.alone_ms, undefined);
});

test('what is too old, fails, or is of a line that must not be used tells nothing', () => {
  const known = carried('a.example.com:443', DIRECT, 0);
  assert.equal(hint([known], RULES.ttl_ms), undefined);
  assert.equal(hint([known], 1, lineView({ out: [0] })), undefined);
  known[1].connected(PROXY, 50, 1, ALL);
  known[1].failed(DIRECT, 'refused', 2);
  assert.equal(hint([known], 3)?.line, 1);
  known[1].failed(PROXY, 'refused', 4);
  assert.equal(hint([], 5), undefined);
});

test('an address that stands in for another has not worked itself', () => {
  const memory = new DestinationMemory();
  memory.connected(DIRECT, 20, 0, ALL);
  memory.candidates[0].inherited = { from: DIRECT.ip, worked: 0 };
  assert.equal(hint([['a.example.com:443', memory]], 1), undefined);
});
