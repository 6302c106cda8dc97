// From the samples of connection actors to a collector.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Notice } from '../../../../src/protocol/notices/notice.js';
import type { ConnectionRecord } from '../../../../src/protocol/race/record.js';
import type { ConnectionsAdmin, Sampling } from '../../../../src/threads/contracts/admin/connections.js';
import type { GatewayAdmin } from '../../../../src/threads/contracts/admin/gateway.js';
import type { Span } from '../../../../src/workers/admin/traces/otlp.js';
import { Traces } from '../../../../src/workers/admin/traces/traces.js';
import { Served } from '../../../helpers/admin-parts.js';
import { until } from '../../../helpers/until.js';

const RACE = {
  ...{ target: 'a.test:443', attempts: [], winner: undefined, why: undefined, total_ms: 3, reply: 4 },
  cause: 'timed-out',
} as const;
const RECORD: ConnectionRecord = {
  ...{ client: '10.0.0.9:5000', listener: 'socks', user: undefined, race: RACE, line: undefined, address: undefined },
  ...{ connect_ms: undefined, bytes_up: 0, bytes_down: 0, opened_at: 1_700_000_000_000, duration_ms: 5 },
  ending: 'failed',
};

interface Body {
  readonly resourceSpans: readonly [
    { readonly resource: unknown; readonly scopeSpans: readonly [{ readonly spans: readonly Span[] }] },
  ];
}

/** Two actors, of which each ends three connections between two looks. */
class World {
  readonly served = new Served();
  readonly asked: Sampling[] = [];
  readonly told: Notice[] = [];
  readonly bodies: Body[] = [];
  status = 200;
  readonly collector = createServer((request, response) => {
    void json(request).then((body) => {
      this.bodies.push(body as Body);
      response.writeHead(this.status).end();
    });
  });
  readonly #connections = new Map([0, 1].map((actor) => [actor, this.served.remote(this.#actor())]));
  readonly traces = new Traces({
    connections: () => this.#connections,
    gateway: this.served.remote({ version: async () => '1.2.3' } as GatewayAdmin),
    tell: (notice) => void this.told.push(notice),
  });

  #actor(): ConnectionsAdmin {
    let ended = 0;
    return {
      samples: async (sampling) => {
        this.asked.push(sampling);
        ended += 3;
        const samples = sampling.since === undefined ? [] : [{ record: RECORD, handshake_ms: 1 }];
        return { ended, owed: 0.5, missed: sampling.since === undefined ? 0 : 2, samples };
      },
    } as Partial<ConnectionsAdmin> as ConnectionsAdmin;
  }

  async listen(): Promise<string> {
    this.collector.listen(0, '127.0.0.1');
    await once(this.collector, 'listening');
    return `http://127.0.0.1:${(this.collector.address() as AddressInfo).port}/`;
  }

  get spans(): readonly Span[] {
    return this.bodies.flatMap(({ resourceSpans: [{ scopeSpans }] }) => scopeSpans[0].spans);
  }

  async close(): Promise<void> {
    this.traces.close();
    this.collector.closeAllConnections();
    this.collector.close();
    await once(this.collector, 'close');
    await this.served.close();
  }
}

test('samples of all actors go to the collector, and each actor is asked on from where it was', async () => {
  const world = new World();
  const traces_endpoint = await world.listen();
  await world.traces.look();
  assert.deepEqual([world.traces.isOn, world.asked], [false, []]);
  world.traces.set({ traces_endpoint, traces_percent: 50 });
  assert.ok(world.traces.isOn);
  await world.traces.look();
  await world.traces.look();
  assert.deepEqual(
    world.asked.map(({ since, share, owed }) => [since, share, owed]),
    [
      [undefined, 0.5, 0],
      [undefined, 0.5, 0],
      [3, 0.5, 0.5],
      [3, 0.5, 0.5],
    ],
  );
  await until('both traces are taken', () => world.traces.counts.sent === 2);
  assert.deepEqual(world.traces.counts, { sent: 2, dropped: 4 });
  assert.deepEqual(
    world.spans.map(({ name, status }) => [name, status?.message]),
    [
      ['race', 'timed-out'],
      ['race', 'timed-out'],
    ],
  );
  assert.equal(new Set(world.spans.map(({ traceId }) => traceId)).size, 2);
  assert.match(world.spans[0].traceId, /^[0-9a-f]{32}$/);
  assert.match(JSON.stringify(world.bodies[0].resourceSpans[0].resource), /"1\.2\.3"/);
  await world.close();
});

test('a collector that refuses is told of once, and what it was given is dropped; another place begins anew', async () => {
  const world = new World();
  const traces_endpoint = await world.listen();
  world.status = 500;
  world.traces.set({ traces_endpoint, traces_percent: 100 });
  await world.traces.look();
  await world.traces.look();
  await until('it has refused', () => world.told.length === 1);
  const [{ topic, good, fields }] = world.told;
  assert.deepEqual([topic, good, fields], ['traces', false, { why: 'HTTP 500' }]);
  const { sent, dropped } = world.traces.counts;
  assert.equal(sent, 0);
  world.status = 200;
  world.traces.set({ traces_endpoint: `${traces_endpoint}other`, traces_percent: 100 });
  await world.traces.look();
  assert.equal(world.asked.at(-1)?.since, undefined);
  await world.traces.look();
  await until('it takes them', () => world.traces.counts.sent === 2);
  assert.ok(world.traces.counts.dropped >= dropped);
  world.traces.set({ traces_endpoint: null, traces_percent: 100 });
  assert.deepEqual([world.traces.isOn, world.traces.counts.sent], [false, 2]);
  await world.close();
});
