// A reload that changes the number of workers, or how many connections there may be: nobody is ended or lost by it, and of
// workers that are too many none stays when its last connection has ended.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { echoServer, type TestServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import type { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';
import { visits } from '../helpers/visits.js';

async function echoes(peer: Peer, text: string): Promise<void> {
  peer.send(text);
  assert.equal((await peer.read(text.length)).toString(), text);
}

const threads = ({ child }: Gateway): number => readdirSync(`/proc/${child.pid}/task`).length;

async function opened(world: World, gateway: ReloadedGateway, server: TestServer, count: number): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (let n = 0; n < count; n += 1) peers.push(world.use(await through(gateway.port, server)));
  return peers;
}

/** Totals that the gateway reports at SIGUSR2. */
async function totals(gateway: Gateway): Promise<Record<string, number>> {
  const all = () => gateway.records.filter(({ msg }) => msg === 'report: connections');
  const { length } = all();
  gateway.child.kill('SIGUSR2');
  await until('it is reported', () => all().length > length);
  return all()[length] as never;
}

inBothEngines('workers come and go, live connections go on, and what was counted stays counted', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await ReloadedGateway.start(world, { workers: 1 });
  const before = { threads: threads(gateway.gateway), fds: gateway.gateway.fds().length };
  assert.deepEqual((await gateway.reload({ workers: 4 }))['changed'], ['workers']);
  // One each, since the one with the fewest gets the next.
  const live = await opened(world, gateway, server, 4);
  assert.equal(threads(gateway.gateway), before.threads + 3);

  await gateway.reload({ workers: 2 });
  for (const peer of live) await echoes(peer, 'still here');
  await visits(100, gateway.port, server);
  assert.equal(threads(gateway.gateway), before.threads + 3);
  // Those that are still there are taken back.
  await gateway.reload({ workers: 4 });
  assert.equal(threads(gateway.gateway), before.threads + 3);
  for (const peer of live) await echoes(peer, 'and still');

  await gateway.reload({ workers: 1 });
  for (const peer of live) await echoes(peer, 'to the end');
  for (const peer of live) {
    peer.end();
    assert.equal(await peer.ended(), 'eof');
  }
  await until('their threads have ended', () => threads(gateway.gateway) === before.threads);
  await until('nothing of them is open', () => gateway.gateway.fds().length === before.fds);
  const { opened: taken, closed, connected, cut } = await totals(gateway.gateway);
  assert.deepEqual({ taken, closed, connected, cut }, { taken: 104, closed: 104, connected: 104, cut: 0 });
  // A number that was in use before begins with what was counted for it.
  await gateway.reload({ workers: 3 });
  await visits(100, gateway.port, server);
  assert.equal((await totals(gateway.gateway))['connected'], 204);
});

inBothEngines('no client is lost while workers come and go', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await ReloadedGateway.start(world, { workers: 2 });
  const visiting = visits(2000, gateway.port, server);
  for (const workers of [3, 1, 4, 2, 1, 3]) await gateway.reload({ workers });
  await visiting;
  const { connected, cut } = await totals(gateway.gateway);
  assert.deepEqual([connected, cut], [2000, 0]);
});

inBothEngines(
  'fewer connections than are live end none, and the next client waits until there is room',
  async (world) => {
    const server = world.use(await echoServer());
    const gateway = await ReloadedGateway.start(world, { limits: { connections_max: 3 } });
    const [first, second, third] = (await opened(world, gateway, server, 3)) as [Peer, Peer, Peer];
    const told = await gateway.reload({ limits: { connections_max: 1, pipes_max: 0 } });
    assert.deepEqual((told['changed'] as string[]).sort(), ['limits.connections_max', 'limits.pipes_max']);
    for (const peer of [first, second, third]) await echoes(peer, 'live');
    const waiting = through(gateway.port, server);
    let isServed = false;
    void waiting.then(() => {
      isServed = true;
    });
    for (const peer of [first, second]) {
      peer.end();
      assert.equal(await peer.ended(), 'eof');
      await echoes(third, 'still');
      assert.equal(isServed, false);
    }
    third.end();
    const served = world.use(await waiting);
    await echoes(served, 'now');
    // More than at the start.
    await gateway.reload({ limits: { connections_max: 6 } });
    const more = await opened(world, gateway, server, 5);
    for (const peer of more) await echoes(peer, 'room');
  },
);

inBothEngines('what does not fit into the descriptors is refused whole, and no thread stays', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await ReloadedGateway.start(world, { workers: 1 }, { fds: 400 });
  const before = { threads: threads(gateway.gateway), fds: gateway.gateway.fds().length };
  const [control_socket, pid_file] = ['control', 'pid'].map((name) => join(dirname(gateway.file), name));
  const beside = { control_socket, pid_file, log: { format: 'pretty' } };
  const told = await gateway.reload({ workers: 60, rules: [{ port: server.port, block: true }], ...beside });
  assert.equal(told.level, 'error');
  assert.match(
    (told['problems'] as string[]).join(),
    /^no connection fits: RLIMIT_NOFILE is 400, and 60 workers need /,
  );
  assert.deepEqual([control_socket, pid_file].map(existsSync), [false, false]);
  await visits(10, gateway.port, server);
  await until('nothing more is open than before', () => gateway.gateway.fds().length === before.fds);
  assert.equal(threads(gateway.gateway), before.threads);
  // What fits in part is told as at the start.
  assert.equal((await gateway.reload({ workers: 2, limits: { connections_max: 5000 } })).level, 'info');
  assert.ok(gateway.gateway.records.some(({ msg }) => msg.startsWith('limits.connections_max is 5000, but only ')));
  await visits(10, gateway.port, server);
});
