// Traces as a collector gets them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startGateway } from '../../src/main/gateway/gateway.js';
import type { GatewayAdmin } from '../../src/threads/contracts/admin/gateway.js';
import type { Span } from '../../src/workers/admin/traces/otlp.js';
import { captureLog } from '../helpers/capture-log.js';
import { gatewayOptions } from '../helpers/gateway-options.js';
import { EchoClient, startEcho } from '../helpers/socks-echo.js';

test('a collector gets a trace of a connection that has ended', async () => {
  const bodies: string[] = [];
  const collector = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  const echo = await startEcho();
  const { admin } = gatewayOptions();
  const options = gatewayOptions({
    admin: {
      ...admin,
      listen: { kind: 'internet', host: '127.0.0.1', port: 0 },
      ...{ traces_endpoint: `http://127.0.0.1:${port}/v1/traces`, traces_percent: 100 },
    },
  });
  const gatewayAdmin = { version: async () => '1.2.3' } as Partial<GatewayAdmin> as GatewayAdmin;
  const started = await startGateway(options, captureLog().log, {}, { admin: gatewayAdmin });
  assert.ok(started.code === 'started', JSON.stringify(started));
  const { gateway } = started;
  try {
    // Those that end before the actor is asked for the first time have no trace.
    while (bodies.length === 0) {
      const client = await EchoClient.open(gateway.address.port, echo.port);
      await client.close();
      await delay(50);
    }
    const { resourceSpans } = JSON.parse(bodies[0]) as { resourceSpans: [{ scopeSpans: [{ spans: Span[] }] }] };
    const { spans } = resourceSpans[0].scopeSpans[0];
    const race = spans.find(({ name }) => name === 'race') as Span;
    const attempt = spans.find(({ parentSpanId }) => parentSpanId === race.spanId) as Span;
    assert.deepEqual([attempt.name, attempt.traceId], ['attempt', race.traceId]);
    const times = [race.startTimeUnixNano, attempt.startTimeUnixNano, attempt.endTimeUnixNano].map(Number);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    const ending = race.attributes.find(({ key }) => key === 'tcproute.ending');
    assert.deepEqual(ending?.value, { stringValue: 'complete' });
  } finally {
    await gateway.close(0);
    await echo.close();
    collector.closeAllConnections();
    collector.close();
  }
});
