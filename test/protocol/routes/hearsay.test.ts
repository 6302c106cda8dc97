// What is remembered of a first race that began as another gateway had told: it does not lead before all have raced here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf } from '../../../src/protocol/lines/line.js';
import { DestinationMemory } from '../../../src/protocol/routes/destination-memory.js';
import { encodeRoutes, parseRoutes } from '../../../src/protocol/routes/snapshot.js';
import { isRouteState, memoryOf, stateOf } from '../../../src/protocol/routes/state.js';
import { candidate, lineView } from '../../helpers/candidates.js';

test('what another gateway has told is hearsay until all have raced, in every actor', () => {
  const memory = new DestinationMemory();
  memory.connected(candidate(1), 20, 1000, lineView(), { race: 'told' });
  assert.equal(memory.isHearsay, true);
  const copy = memoryOf(stateOf('a.test:443', memory, 1000), 1000, 2);
  assert.equal(copy.isHearsay, true);
  memory.connected(candidate(0), 20, 2000, lineView(), { race: 'whole' });
  assert.equal(memory.isHearsay, false);
  memory.connected(candidate(1), 20, 2001, lineView(), { race: 'told' });
  assert.equal(memory.isHearsay, false, 'what is known here is no hearsay');
  copy.adopt(memoryOf(stateOf('a.test:443', memory, 2000), 2000, 2));
  assert.equal(copy.isHearsay, false);
  memory.adopt(Object.assign(new DestinationMemory(), { isHearsay: true }));
  assert.equal(memory.isHearsay, false);
});

const TTL_MS = 600_000;
const [TRUE, LIE] = [candidate(0), candidate(1)];
const chosen = (memory: DestinationMemory, now: number) => memory.choose(now, TTL_MS, lineView(), false)?.line;

/** It has begun with the line of a lie, which is chosen by the route actor, too, and never leads. */
function lied(): DestinationMemory {
  const memory = new DestinationMemory();
  memory.connected(LIE, 1, 1000, lineView(), { race: 'told' });
  chosen(memory, 1000);
  return memory;
}

test('once all race, it is as if the line of the lie had never led, however fast it connects', () => {
  const memory = lied();
  const elsewhere = memoryOf(stateOf('a.test:80', memory, 1000), 1000, 2);
  memory.connected(TRUE, 20, 60_000, lineView(), { race: 'whole' });
  assert.equal(chosen(memory, 60_000), 0);
  memory.answered(TRUE, 900, 60_001);
  memory.connected(LIE, 18, 60_002, lineView());
  assert.equal(chosen(memory, 60_003), 0);
  elsewhere.adopt(memoryOf(stateOf('a.test:80', memory, 60_003), 60_003, 2));
  assert.equal(chosen(elsewhere, 60_003), 0, 'in another actor');
  const late = memoryOf(stateOf('a.test:80', lied(), 1000), 1000, 2);
  memory.adopt(late);
  assert.deepEqual([chosen(memory, 60_004), memory.isHearsay], [0, false], 'when another one hears of it later');
});

test('own eyes may find that the told line is the best', () => {
  const memory = lied();
  memory.connected(LIE, 1, 2000, lineView(), { race: 'whole' });
  memory.connected(TRUE, 20, 2001, lineView());
  assert.equal(chosen(memory, 2001), 1);
  const good = lied();
  good.answered(LIE, 10, 1010);
  good.connected(TRUE, 20, 2000, lineView(), { race: 'whole' });
  good.answered(TRUE, 100, 2001);
  assert.equal(chosen(good, 2002), 1, 'it has answered so much sooner');
});

test('what has failed while it was hearsay still counts', () => {
  const memory = lied();
  memory.failed(LIE, 'silent', 9000);
  memory.connected(TRUE, 20, 9500, lineView(), { race: 'whole' });
  memory.answered(TRUE, 20, 9500);
  assert.equal(memory.find(LIE)?.mute, true);
});

test('that a told line connects proves nothing where something is known', () => {
  const memory = new DestinationMemory();
  memory.connected(TRUE, 90, 1000, lineView());
  memory.answered(TRUE, 90, 1000);
  memory.connected(LIE, 1, 1001, lineView(), { race: 'told' });
  assert.equal(chosen(memory, 1002), 0);
  memory.answered(LIE, 5, 1003);
  memory.connected(LIE, 1, 1004, lineView());
  assert.equal(chosen(memory, 1004), 1, 'an answer does');
});

test('it stays hearsay in the state file', () => {
  const memory = new DestinationMemory();
  memory.connected(candidate(0), 20, 1000, lineView(), { race: 'told' });
  const lines = [lineOf(0, 'home', { ip: undefined, port: 0 }, [])];
  const text = [...encodeRoutes([stateOf('a.test:443', memory, 1000)], lines, 5000)].join('');
  const read = parseRoutes(text, lines, { now: 5000, age_max_ms: 600_000, entries_max: 10 });
  assert.ok(read.kind === 'snapshot');
  assert.deepEqual(
    read.routes.map(({ destination, hearsay }) => [destination, hearsay]),
    [['a.test:443', true]],
  );
  assert.equal(isRouteState({ ...read.routes[0], hearsay: 'yes' }), false);
});
