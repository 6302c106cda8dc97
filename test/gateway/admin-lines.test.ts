// What an operator sets of lines, and what is remembered, over the API of a gateway that runs.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { echoServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';
import { UpgradedGateway } from '../helpers/upgraded-gateway.js';

const CONFIG = {
  ...{ workers: 2, log_level: 'debug', admin: { listen: '127.0.0.1:0' } },
  upstream: [
    { type: 'direct', name: 'a', source_ip: '127.0.0.2' },
    { type: 'direct', name: 'b', source_ip: '127.0.0.3' },
  ],
};

type Server = Parameters<typeof through>[1];

/** The line of one more connection. */
async function carries(gateway: Gateway, server: Server): Promise<unknown> {
  const before = gateway.connections.length;
  const peer = await through(gateway.port, server);
  peer.send('x');
  await peer.read(1);
  peer.end();
  await until('the connection is logged', () => gateway.connections.length > before);
  peer.close();
  return gateway.connections.at(-1)?.['line'];
}

inBothEngines(
  'a paused line gets no new connection, over a reload and an upgrade, and live ones go on',
  async (world) => {
    const server = world.use(await echoServer());
    const upgraded = await UpgradedGateway.start(world, CONFIG);
    const { gateway, reloaded } = upgraded;
    const [first] = upgraded.pids as [number];
    const place = await adminPlace(gateway);
    const post = async (path: string) => (await askAdmin(place, `/api/v1/lines/${path}`, { method: 'POST' })).status;
    assert.equal(await post('b/pin'), 200);
    const open = world.use(await through(gateway.port, server));
    assert.equal(await post('b/unpin'), 200);
    assert.equal(await post('b/pause'), 200);
    assert.equal(await carries(gateway, server), 'a');
    // The line has another number now.
    const [a, b] = CONFIG.upstream;
    await reloaded.reload({ ...CONFIG, upstream: [a, { ...b, source_ip: '127.0.0.4' }] });
    for (let i = 0; i < 4; i += 1) assert.equal(await carries(gateway, server), 'a');
    await upgraded.upgrade();
    assert.equal(await carries(gateway, server), 'a');
    open.send('y');
    assert.equal((await open.read(1)).toString(), 'y');
    open.end();
    await upgraded.ends(first);
    assert.equal(await post('a/pause'), 200);
    await assert.rejects(through(gateway.port, server));
    assert.equal((await gateway.logged('line "a" is paused'))['lines_left'], 0);
  },
);

inBothEngines('a dial over a line is measured until the first byte of a page', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway(CONFIG);
  const place = await adminPlace(gateway);
  const delay = async (target: string): Promise<Record<string, unknown>> => {
    const body = JSON.stringify({ target, timeout_ms: 5000 });
    const answer = await askAdmin(place, '/api/v1/lines/b/delay', { method: 'POST', body });
    assert.equal(answer.status, 200);
    return JSON.parse(answer.body) as Record<string, unknown>;
  };
  const page = await delay(`http://${server.host}:${server.port}/`);
  assert.deepEqual([page['outcome'], page['address'], page['cause']], ['answered', '127.0.0.1', null]);
  assert.ok((page['connect_ms'] as number) >= 0 && (page['first_byte_ms'] as number) >= 0);
  assert.equal((await delay(`${server.host}:${server.port}`))['outcome'], 'connected');
  await server.close();
  assert.deepEqual((await delay(`${server.host}:${server.port}`))['cause'], 'refused');
  assert.equal(gateway.connections.length, 0, 'it is no connection of a client');
});

inBothEngines('another gateway starts from a snapshot, with the pins', async (world) => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-snapshot-'));
  world.use({ close: () => rmSync(folder, { recursive: true }) });
  const server = world.use(await echoServer());
  const key = `${server.host}:${server.port}`;
  const one = await world.gateway(CONFIG);
  const place = await adminPlace(one);
  await carries(one, server);
  const body = JSON.stringify({ line: 'b' });
  assert.equal((await askAdmin(place, `/api/v1/routes/${key}/pin`, { method: 'PUT', body })).status, 200);
  assert.equal(await carries(one, server), 'b');
  const state_file = join(folder, 'routes');
  writeFileSync(state_file, (await askAdmin(place, '/api/v1/routes/snapshot')).body);
  const other = await world.gateway({ ...CONFIG, cache: { state_file } });
  const known = await askAdmin(await adminPlace(other), `/api/v1/routes/${key}`);
  const told = JSON.parse(known.body) as { pinned: string; candidates: { line: string; successes: number }[] };
  assert.equal(told.pinned, 'b');
  assert.ok(told.candidates.some(({ line, successes }) => line === 'b' && successes > 0));
  for (let i = 0; i < 3; i += 1) assert.equal(await carries(other, server), 'b');
});
