import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LISTENERS_MAX } from '../../../src/protocol/listen-options.js';
import { ACTOR_KINDS, ARRIVALS, GatewayCount, GatewayCounts } from '../../../src/threads/shared/gateway-counts.js';
import { TURN_BOUNDS_MS } from '../../../src/threads/shared/time-histogram.js';

test('another thread reads what main has counted', () => {
  const main = new GatewayCounts();
  main.add(GatewayCount.reloads);
  main.add(GatewayCount.upgrades, 3);
  main.dropped('log', 2);
  main.dropped('access', 5);
  main.died('dns');
  main.arrived(1, 'limited');
  main.turned(0.3);
  main.late('routes', 40);
  const reader = new GatewayCounts(main.memory);
  assert.deepEqual(
    Object.values(GatewayCount).map((what) => reader.read(what)),
    [1, 0, 3, 0, 2, 5],
  );
  assert.deepEqual(
    ACTOR_KINDS.map((kind) => reader.deaths(kind)),
    [0, 1, 0, 0, 0, 0],
  );
  assert.deepEqual(reader.arrivals(1), { accepted: 0, refused: 0, limited: 1 });
  assert.deepEqual([reader.turns.count, reader.turns.sum_ms], [1, 0.3]);
  assert.deepEqual([reader.lateness('routes').sum_ms, reader.lateness('dns').count], [40, 0]);
});

test('every count has a place of its own', () => {
  const counts = new GatewayCounts();
  for (const what of Object.values(GatewayCount)) counts.add(what);
  for (const kind of ACTOR_KINDS) counts.died(kind);
  for (let listener = 0; listener < LISTENERS_MAX; listener += 1)
    for (const what of ARRIVALS) counts.arrived(listener, what);
  for (const bound of [...TURN_BOUNDS_MS, 1e6]) {
    counts.turned(bound);
    for (const kind of ACTOR_KINDS) counts.late(kind, bound);
  }
  for (const what of Object.values(GatewayCount)) assert.equal(counts.read(what), 1);
  for (const kind of ACTOR_KINDS) assert.equal(counts.deaths(kind), 1);
  for (let listener = 0; listener < LISTENERS_MAX; listener += 1)
    assert.deepEqual(counts.arrivals(listener), { accepted: 1, refused: 1, limited: 1 });
  for (const { buckets } of [counts.turns, ...ACTOR_KINDS.map((kind) => counts.lateness(kind))])
    assert.deepEqual(new Set(buckets), new Set([1]));
});
