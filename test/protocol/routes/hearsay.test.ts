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
