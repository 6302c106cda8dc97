// What dashboards for Clash are told of all connections together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActorCounts, newActorMemory } from '../../../../src/threads/shared/actor-memory.js';
import { LineBytes } from '../../../../src/threads/shared/line-bytes.js';
import { connectionsNow } from '../../../../src/workers/admin/clash/connections.js';
import { adminParts } from '../../../helpers/admin-parts.js';
import { defaultOptions } from '../../../helpers/default-options.js';

test('bytes since the start have those of lines that a reload has removed', async () => {
  const options = defaultOptions();
  const memories = [newActorMemory(0), newActorMemory(1)];
  const [first, second] = memories.map(({ lineBytes }) => new LineBytes(lineBytes));
  first?.add(options.lines[0].number, 1, 2);
  second?.add(options.lines[0].number + 7, 10, 20);
  const counts = new ActorCounts(memories);
  const { uploadTotal, downloadTotal } = await connectionsNow(
    adminParts({ options: () => options, counts: () => counts }),
  );
  assert.deepEqual([uploadTotal, downloadTotal], [11, 22]);
});
