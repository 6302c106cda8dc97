import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exporter } from '../../../../src/workers/admin/traces/exporter.js';
import type { Trace } from '../../../../src/workers/admin/traces/otlp.js';
import type { Posted } from '../../../../src/workers/admin/traces/post.js';

const DOWN: Posted = { code: 'failed', detail: 'ECONNREFUSED' };

/** A collector that answers when the test says so. */
class World {
  now = 0;
  readonly told: (string | undefined)[] = [];
  /** Spans of each request. */
  readonly requests: number[] = [];
  answer: (posted: Posted) => void = () => assert.fail('nothing is under way');
  isClosed = false;
  readonly exporter = new Exporter({
    poster: {
      post: (body) => {
        const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: unknown[] }[] }[] };
        this.requests.push(resourceSpans[0].scopeSpans[0].spans.length);
        return new Promise((resolve) => {
          this.answer = resolve;
        });
      },
      close: () => {
        this.isClosed = true;
      },
    },
    ...{ version: () => '1', now: () => this.now, tell: (why) => void this.told.push(why) },
  });

  async answers(posted: Posted): Promise<void> {
    this.answer(posted);
    await new Promise(setImmediate);
  }
}

const SPAN = {
  ...{ traceId: '1', spanId: '2', name: 'race', kind: 2, attributes: [] },
  ...{ startTimeUnixNano: '0', endTimeUnixNano: '1' },
};
const traces = (count: number): Trace[] => Array.from({ length: count }, () => [SPAN]);

test('one request is under way at a time, and the next one has what came meanwhile', async () => {
  const world = new World();
  world.exporter.add(traces(2), 0);
  world.exporter.add(traces(3), 0);
  assert.deepEqual(world.requests, [2]);
  await world.answers({ code: 'taken' });
  assert.deepEqual([world.requests, world.exporter.counts], [[2, 3], { sent: 2, dropped: 0 }]);
  await world.answers({ code: 'taken' });
  assert.deepEqual([world.exporter.counts, world.told], [{ sent: 5, dropped: 0 }, []]);
});

test('while the collector is slow no more than 512 wait, 128 in a request; the others are dropped', async () => {
  const world = new World();
  world.exporter.add(traces(1), 7);
  for (let i = 0; i < 10; i += 1) world.exporter.add(traces(100), 0);
  assert.deepEqual([world.exporter.waiting, world.exporter.counts], [512, { sent: 0, dropped: 7 + 488 }]);
  for (let i = 0; i < 5; i += 1) await world.answers({ code: 'taken' });
  assert.deepEqual([world.requests, world.exporter.counts.sent], [[1, 128, 128, 128, 128], 513]);
});

test('a collector that is down is left alone ever longer, and it is told once, and once that it is back', async () => {
  const world = new World();
  const pauses: number[] = [];
  for (let i = 0; i < 9; i += 1) {
    world.exporter.add(traces(1), 0);
    const before = world.now;
    const asked = world.requests.length;
    while (world.requests.length === asked - (i === 0 ? 1 : 0)) {
      world.now += 500;
      world.exporter.send();
    }
    pauses.push(world.now - before);
    await world.answers(DOWN);
  }
  assert.deepEqual(pauses, [0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  assert.deepEqual(world.told, ['ECONNREFUSED']);
  world.now += 60_000;
  world.exporter.add(traces(1), 0);
  await world.answers({ code: 'taken' });
  assert.deepEqual([world.told, world.exporter.counts], [['ECONNREFUSED', undefined], { sent: 1, dropped: 9 }]);
});

test('what waits and what is under way is dropped at the end, and nothing is sent any more', async () => {
  const world = new World();
  world.exporter.add(traces(200), 0);
  world.exporter.add(traces(3), 0);
  world.exporter.close();
  assert.ok(world.isClosed);
  assert.deepEqual(world.exporter.counts, { sent: 0, dropped: 203 });
  await world.answers({ code: 'taken' });
  world.exporter.send();
  assert.deepEqual([world.requests.length, world.exporter.counts.dropped], [1, 203]);
});
