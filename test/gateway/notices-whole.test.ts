// What an operator reads at level info of the gateway as a whole: nothing while all is well, else what does not go on.
import assert from 'node:assert/strict';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { echoServer, PeerServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';

/** What was said since the gateway listens. */
function said(gateway: Gateway): string[] {
  const start = gateway.records.findIndex(({ msg }) => msg.startsWith('listening on ')) + 1;
  return gateway.records.slice(start).map(({ level, msg }) => `${level} ${msg}`);
}

async function fail(gateway: Gateway, port: number, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) (await dial(gateway.port, { host: '127.0.0.1', port })).peer.close();
}

inBothEngines('in health nothing is said, neither of connections nor of clients that fail', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway();
  for (let i = 0; i < 20; i += 1) {
    const peer = await through(gateway.port, server);
    peer.send('hello');
    await peer.read(5);
    peer.end();
    await peer.ended();
  }
  await fail(gateway, await freePort(), 1);
  const garbage = await Peer.connect(gateway.port);
  garbage.send(Buffer.from([6, 1, 2, 3]));
  await garbage.ended();
  await gateway.stop();
  assert.deepEqual(
    said(gateway).filter((line) => !/info (stopping|stopped)/.test(line)),
    [],
  );
});

inBothEngines(
  'connections_max reached and left are said, and a client that comes as one goes is not',
  async (world) => {
    const server = world.use(await PeerServer.listen());
    const gateway = await world.gateway({ workers: 2, limits: { connections_max: 4 } });
    const peers = await Promise.all(Array.from({ length: 4 }, () => through(gateway.port, server)));
    for (const peer of peers) world.use(peer);
    const { level, connections_max } = await gateway.logged('connections_max is reached');
    assert.deepEqual({ level, connections_max }, { level: 'warn', connections_max: 4 });
    for (const peer of peers) peer.reset();
    assert.equal((await gateway.logged('below connections_max again')).level, 'info');
    await gateway.idle();
    for (let i = 0; i < 3; i += 1) {
      const again = await Promise.all(Array.from({ length: 4 }, () => through(gateway.port, server)));
      for (const peer of again) peer.reset();
      await gateway.idle();
    }
    assert.equal(gateway.records.filter(({ msg }) => msg.includes('connections_max is reached')).length, 1);
  },
);

inBothEngines('a DNS server that does not answer is said, with why', async (world) => {
  const port = await freePort();
  const gateway = await world.gateway({
    nameservers: `127.0.0.1:${port}`,
    dns: { timeout_ms: 1000, try_timeout_ms: 200 },
  });
  for (let i = 0; i < 4; i += 1) (await dial(gateway.port, { host: `n${i}.test`, port: 9 })).peer.close();
  const record = await gateway.logged('does not answer');
  assert.equal(record.msg, `DNS server udp://127.0.0.1:${port} does not answer, and none is left that does`);
  assert.equal(record.level, 'warn');
  assert.ok(typeof record['why'] === 'string' && record['why'] !== '');
});

inBothEngines(
  'when every connection fails that is said, with the last one, and when they succeed again',
  async (world) => {
    const server = world.use(await echoServer());
    const gateway = await world.gateway();
    const port = await freePort();
    await fail(gateway, port, 10);
    // Two looks at the counters, 5 s apart.
    const record = await gateway.loggedWhile('no connection succeeds', 40_000, () => fail(gateway, port, 1));
    assert.equal(record.level, 'warn');
    assert.deepEqual(record['last'], {
      cause: 'refused',
      detail: 'ECONNREFUSED',
      line: 'direct',
      address: '127.0.0.1',
      target: `127.0.0.1:${port}`,
    });
    world.use(await through(gateway.port, server));
    assert.equal((await gateway.logged('connections succeed again')).level, 'info');
  },
);
