// `tcproute check --alive` beside a gateway that runs, one that is stopped, one that hangs, and none.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { askWhetherAlive } from '../../../src/main/commands/alive.js';
import { type ListenOptions, loopbackListener } from '../../../src/protocol/listen-options.js';
import { Gateway } from '../../helpers/gateway.js';
import { inBothEngines } from '../../helpers/gateway-world.js';
import { silentServer } from '../../helpers/servers.js';

inBothEngines('a gateway answers while it runs, with users too, and none does afterwards', async (world) => {
  const users = { alice: { password: 'x' } };
  const gateway = world.own(Gateway.spawn({ port: 0, workers: 1, users }, world.engine));
  await gateway.listens();
  const { port } = gateway;
  const listen = [loopbackListener(port)];
  assert.deepEqual(await askWhetherAlive(listen), {
    isAlive: true,
    outcome: `the gateway answers at 127.0.0.1:${port}`,
  });
  assert.deepEqual(
    gateway.records.filter(({ level }) => level === 'warn'),
    [],
  );
  await gateway.stop();
  const gone = `nothing answers (ECONNREFUSED) at 127.0.0.1:${port}`;
  assert.deepEqual(await askWhetherAlive(listen), { isAlive: false, outcome: gone });
});

inBothEngines(
  'a listener that lets this machine in is asked first; else it is enough that it closes',
  async (world) => {
    const directory = mkdtempSync(join(tmpdir(), 'tcproute-alive-'));
    const path = join(directory, 'socket');
    const lan = { host: '0.0.0.0', port: 0, allow_clients: ['192.0.2.0/24'] };
    const gateway = world.own(Gateway.spawn({ workers: 1, listen: [lan, { unix: path }] }, world.engine));
    await gateway.listens();
    const told = gateway.records.find(({ msg }) => msg.startsWith('listening on'))?.msg ?? '';
    const port = Number(/ 0\.0\.0\.0:(\d+)/.exec(told)?.[1]);
    const shut: ListenOptions = {
      ...loopbackListener(port),
      place: { kind: 'internet', host: '0.0.0.0', port },
      allow_clients: lan.allow_clients,
    };
    const open: ListenOptions = { ...loopbackListener(0), place: { kind: 'unix', path, mode: 0o600 } };
    assert.deepEqual(await askWhetherAlive([shut, open]), { isAlive: true, outcome: `the gateway answers at ${path}` });
    const { isAlive, outcome } = await askWhetherAlive([shut]);
    assert.equal(isAlive, true);
    assert.match(outcome, /^the gateway (?:lets nobody in from here|resets)/);
    rmSync(directory, { recursive: true });
  },
);

test('what takes connections and says nothing is not alive', async () => {
  const server = await silentServer();
  const { isAlive, outcome } = await askWhetherAlive([loopbackListener(server.port)]);
  assert.deepEqual([isAlive, outcome], [false, `nothing answers within 3 s at 127.0.0.1:${server.port}`]);
  await server.close();
});

test('a port of the kernel’s choice cannot be asked', async () => {
  assert.equal((await askWhetherAlive([loopbackListener(0)])).isAlive, false);
});
