// Connections that come and go: by the thousand, and broken off at every step. TCPROUTE_TEST_CHURN asks for more of it
// (200000 takes minutes).
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { echoServer, TestServer } from '../helpers/servers.js';
import { greeting, request, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';

const CONNECTIONS = Number(process.env['TCPROUTE_TEST_CHURN'] ?? 3000);
const AT_ONCE = 50;
/** V8's own comings and goings in three threads. */
const GROWTH_MIB = 64;
const TIMEOUT_MS = 60_000 + CONNECTIONS * 10;

/** What it holds, but for numbers that differ each time. */
const held = (gateway: Gateway): string[] =>
  gateway
    .fds()
    .map((fd) => fd.replace(/\[\d+\]$/, ''))
    .sort();

/** Ends by checking that the gateway is what it was before, and that none of its actors has died. */
async function unharmed(gateway: Gateway, before: readonly string[]): Promise<void> {
  await gateway.idle();
  assert.deepEqual(held(gateway), before);
  assert.deepEqual(
    gateway.records.filter(({ level }) => level === 'error' || level === 'fatal'),
    [],
  );
}

async function waves(count: number, one: (index: number) => Promise<void>): Promise<void> {
  for (let done = 0; done < count; done += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - done) }, (_, i) => one(done + i)));
  }
}

inBothEngines(
  `${CONNECTIONS} connections come and go, and the process does not grow`,
  async (world: World) => {
    const server = world.use(await echoServer());
    const gateway = await world.shared({ workers: 2 });
    const before = held(gateway);
    const visit = async (index: number): Promise<void> => {
      const peer = await through(gateway.port, server);
      const word = `visit ${index}`.padEnd(32);
      peer.send(word);
      assert.equal((await peer.read(32)).toString(), word);
      peer.end();
      assert.equal(await peer.ended(), 'eof');
      peer.close();
    };
    await waves(Math.min(CONNECTIONS, 1000), visit);
    const rss = gateway.rss();
    await waves(CONNECTIONS, visit);
    const grown = gateway.rss() - rss;
    assert.ok(grown < GROWTH_MIB, `grew by ${grown} MiB`);
    await unharmed(gateway, before);
  },
  TIMEOUT_MS,
);

/** Each resets the connection at its step. */
const STEPS: readonly ((gateway: Gateway, target: TestServer) => Promise<void>)[] = [
  async (gateway) => (await Peer.connect(gateway.port)).reset(),
  async (gateway) => {
    const peer = await Peer.connect(gateway.port);
    peer.send(greeting());
    peer.reset();
  },
  async (gateway, target) => {
    const peer = await Peer.connect(gateway.port);
    peer.send(Buffer.concat([greeting(), request(target)]));
    await setImmediate();
    peer.reset();
  },
  async (gateway, target) => (await through(gateway.port, target)).reset(),
  async (gateway, target) => {
    const peer = await through(gateway.port, target);
    peer.send(Buffer.alloc(100_000));
    await setImmediate();
    peer.reset();
  },
];

inBothEngines(
  'a storm of resets by clients at every step leaves nothing behind',
  async (world: World) => {
    const server = world.use(await echoServer());
    const gateway = await world.shared({ workers: 2 });
    const before = held(gateway);
    await waves(1500, (index) => STEPS[index % STEPS.length](gateway, server));
    await unharmed(gateway, before);
    world.use(await through(gateway.port, server)).end();
  },
  TIMEOUT_MS,
);

inBothEngines(
  'a storm of resets by destinations reaches each client as a reset',
  async (world: World) => {
    const server = world.use(await TestServer.listen((socket) => socket.once('data', () => socket.resetAndDestroy())));
    const gateway = await world.shared({ workers: 2 });
    const before = held(gateway);
    await waves(1000, async () => {
      const peer = await through(gateway.port, server);
      peer.send('x');
      assert.equal(await peer.ended(), 'ECONNRESET');
    });
    await unharmed(gateway, before);
  },
  TIMEOUT_MS,
);
