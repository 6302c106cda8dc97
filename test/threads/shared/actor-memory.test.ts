import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActorCounts, newActorMemory, QUEUE_CAPACITY } from '../../../src/threads/shared/actor-memory.js';
import { ConnectionCounts } from '../../../src/threads/shared/connection-counts.js';
import { FdQueue } from '../../../src/threads/shared/fd-queue.js';
import { LineBytes } from '../../../src/threads/shared/line-bytes.js';
import { LineCounts } from '../../../src/threads/shared/line-counts.js';
import { TimeHistogram, TURN_BOUNDS_MS } from '../../../src/threads/shared/time-histogram.js';
import { UdpCount, UdpCounts } from '../../../src/threads/shared/udp-counts.js';

test('what two actors count is read without a turn of theirs', () => {
  const memories = [newActorMemory(1), newActorMemory(0)];
  const counts = new ActorCounts(memories);
  for (const { actor, queue, lineBytes, lineCounts, connectionCounts, udpCounts, turnTimes } of memories) {
    new LineBytes(lineBytes).add(5, 10, 20);
    new LineCounts(lineCounts).won(5, actor === 1);
    const connections = new ConnectionCounts(connectionCounts);
    connections.opened(0);
    connections.ended(0, 'failed');
    connections.failed('refused');
    connections.handshakeFailed('http', 'refused');
    new UdpCounts(udpCounts).add(UdpCount.flows, 1);
    new TimeHistogram(turnTimes, TURN_BOUNDS_MS).count(actor + 1);
    for (let client = 0; client <= actor; client += 1) assert.ok(new FdQueue(queue).push(client));
  }
  assert.deepEqual(counts.carried(5), { up: 20, down: 40 });
  assert.deepEqual([counts.line(5).wins, counts.line(5).rescues, counts.line(4).wins], [2, 1, 0]);
  assert.equal(counts.udp.flows, 2);
  const { opened, ended } = counts.listener(0);
  assert.deepEqual([opened, ended.failed], [2, 2]);
  assert.deepEqual([...counts.causes], [['refused', 2]]);
  assert.deepEqual(counts.handshakeFailures, [{ spoken: 'http', how: 'refused', count: 2 }]);
  assert.deepEqual(
    [0, 1].map((actor) => counts.turns.get(actor)?.sum_ms),
    [1, 2],
  );
  assert.deepEqual([counts.queued.get(0), counts.queued.get(1)], [1, 2]);
});

test('a queue holds as many clients as its capacity says', () => {
  const queue = new FdQueue(newActorMemory(0).queue);
  let taken = 0;
  while (queue.push(taken)) taken += 1;
  assert.equal(taken, QUEUE_CAPACITY);
});
