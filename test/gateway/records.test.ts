// The gateway tells of its live connections and of those that ended last, whatever its log level is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startGateway } from '../../src/main/gateway/gateway.js';
import type { Gateway } from '../../src/main/gateway/running.js';
import type { LogLevel } from '../../src/protocol/options.js';
import { captureLog } from '../helpers/capture-log.js';
import { gatewayOptions } from '../helpers/gateway-options.js';
import { freePort } from '../helpers/proxies.js';
import { dial } from '../helpers/socks-client.js';
import { EchoClient, startEcho } from '../helpers/socks-echo.js';

/** The records once so many connections are over. */
async function whenEnded(gateway: Gateway, connections: number): ReturnType<Gateway['records']> {
  for (const end = performance.now() + 20_000; ; await delay(5)) {
    const records = await gateway.records();
    if (records.ended.length === connections) return records;
    assert.ok(performance.now() < end, `${records.ended.length} connections are over`);
  }
}

for (const engine of ['uring', 'epoll'] as const) {
  for (const log_level of ['info', 'silent'] as const satisfies readonly LogLevel[]) {
    test(`${engine}: at level ${log_level} live and ended connections are on record`, async () => {
      const echo = await startEcho();
      const { log, records } = captureLog();
      const started = await startGateway(gatewayOptions({ engine, log_level, workers: 2 }), log);
      assert.ok(started.code === 'started');
      const { gateway } = started;
      const { port } = gateway.address;
      const target = `127.0.0.1:${echo.port}`;
      const stays = await EchoClient.open(port, echo.port);
      const goes = await EchoClient.open(port, echo.port);
      await stays.echo('12345');
      await goes.echo('123');
      const open = await gateway.records();
      assert.deepEqual(
        open.live.map(({ race, line, address, ending }) => [race?.target, line, address, ending]),
        [
          [target, 'direct', '127.0.0.1', undefined],
          [target, 'direct', '127.0.0.1', undefined],
        ],
      );
      assert.deepEqual(open.live.map(({ bytes_up, bytes_down }) => [bytes_up, bytes_down]).sort(), [
        [3, 3],
        [5, 5],
      ]);
      await goes.close();
      const dead = await freePort();
      const refused = await dial(port, { host: '127.0.0.1', port: dead });
      const failedPort = refused.peer.socket.localPort;
      refused.peer.close();
      assert.equal(refused.reply.rep, 5);
      const { live, ended } = await whenEnded(gateway, 2);
      assert.deepEqual(
        live.map(({ bytes_up }) => bytes_up),
        [5],
      );
      const [failed, complete] = ended[0].ending === 'failed' ? ended : [...ended].reverse();
      assert.deepEqual(
        [failed.ending, failed.race?.cause, failed.race?.reply, failed.race?.attempts[0].result, failed.line],
        ['failed', 'refused', 5, 'refused', undefined],
      );
      assert.deepEqual(
        [complete.ending, complete.race?.why, complete.race?.reply, complete.bytes_up, complete.bytes_down],
        ['complete', 'only-attempt', 0, 3, 3],
      );
      assert.ok(complete.client.startsWith('127.0.0.1:'));
      assert.equal(failed.client, `127.0.0.1:${failedPort}`, 'nobody has read its record while it lived');
      assert.ok(ended.every(({ listener }) => listener.length > 0));
      await stays.close();
      await gateway.close(1000);
      await echo.close();
      assert.ok(records.every(({ msg }) => msg !== 'connection'));
    });
  }
}
