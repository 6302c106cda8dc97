import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { DestinationMemory } from '../../../src/protocol/routes/destination-memory.js';
import { stateOf } from '../../../src/protocol/routes/state.js';
import type { RouteSubscriber } from '../../../src/threads/contracts/routes.js';
import { closed, serve } from '../../../src/threads/port.js';
import { RouteFeed } from '../../../src/workers/routes/route-feed.js';
import { candidate, lineView } from '../../helpers/candidates.js';
import { until } from '../../helpers/until.js';

test('of a destination without a state an actor hears that it is forgotten', async () => {
  const { port1, port2 } = new MessageChannel();
  const heard: [routes: string[], forgotten: readonly string[]][] = [];
  const subscriber: RouteSubscriber = {
    routesChanged: async (routes, _lines, _sites, forgotten = []) =>
      void heard.push([routes.map(({ destination }) => destination), forgotten]),
    reportNow: async () => {},
  };
  serve(subscriber, port2);
  const memory = new DestinationMemory();
  memory.connected(candidate(0), 20, 0, lineView());
  const feed = new RouteFeed(
    port1,
    () => 100,
    (destination) => (destination === 'known:1' ? stateOf(destination, memory, 0) : undefined),
  );
  feed.tell(['known:1', 'gone:1'], []);
  await until('it is told', () => heard.length === 1);
  assert.deepEqual(heard, [[['known:1'], ['gone:1']]]);
  await Promise.all([closed(port1), closed(port2)]);
});
