// The gateway's process is stopped for longer than its time-outs (SIGSTOP, as `docker pause` does to all of a container).
// What has come meanwhile is served, and what was waited for has its whole time: nothing is broken off.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as passes } from 'node:timers/promises';
import { BlackHole } from '../helpers/black-hole.js';
import { clientHello } from '../helpers/client-hello.js';
import { deferred } from '../helpers/dns-server.js';
import type { Gateway } from '../helpers/gateway.js';
import { dialsTowards } from '../helpers/gateway-sockets.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { PeerServer } from '../helpers/servers.js';
import { greeting, readReply, request, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';

/** Long enough for a machine that is busy with other tests. */
const TIMEOUT_MS = 700;
const PAUSE_MS = 1400;
/** All that a connection waits for. */
const CONFIG = {
  workers: 1,
  log_level: 'debug',
  handshake_timeout_ms: TIMEOUT_MS,
  idle_timeout_ms: TIMEOUT_MS,
  half_closed_timeout_ms: TIMEOUT_MS,
  race: { connect_timeout_ms: TIMEOUT_MS },
};
/** What a refused client still sends is read for two seconds. */
const BEYOND_DRAINING_MS = 2500;
/** Too many to be held back by one read. */
const MUCH = Buffer.alloc(30_000, 'x');

function state({ child }: Gateway): string {
  return readFileSync(`/proc/${child.pid}/stat`, 'latin1').split(') ')[1][0];
}

/** Stops the process, does something to its sockets, and lets it go on after `pause_ms`. */
async function paused(gateway: Gateway, pause_ms: number, meanwhile: () => void): Promise<void> {
  gateway.child.kill('SIGSTOP');
  await until('the process has stopped', () => state(gateway) === 'T');
  meanwhile();
  await passes(pause_ms);
  gateway.child.kill('SIGCONT');
}

function assertUnharmed({ records, output }: Gateway): void {
  assert.deepEqual(
    records.filter(({ level, msg }) => level === 'error' || msg.includes('died')),
    [],
    output,
  );
}

type Side = 'client' | 'destination';

async function connected(world: World) {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.shared(CONFIG);
  const client = world.use(await through(gateway.port, server));
  return { gateway, server, client, destination: await server.accepted() };
}

inBothEngines('a request that comes while the process is stopped is served', async (world) => {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.shared(CONFIG);
  const client = world.use(await Peer.connect(gateway.port));
  client.send(greeting());
  await client.read(2);
  await paused(gateway, PAUSE_MS, () => client.send(request(server)));
  assert.equal((await readReply(client)).rep, 0);
  assertUnharmed(gateway);
});

inBothEngines('a destination that answers while the process is stopped is connected', async (world) => {
  const hole = world.use(BlackHole.open());
  const gateway = await world.shared(CONFIG);
  const client = world.use(await Peer.connect(gateway.port));
  client.send(greeting());
  await client.read(2);
  client.send(request(hole));
  await until('it is dialled', () => dialsTowards(hole.port) > 0);
  // The kernel repeats the SYN after a second.
  await paused(gateway, PAUSE_MS + 500, () => hole.open());
  assert.equal((await readReply(client)).rep, 0);
  assertUnharmed(gateway);
});

inBothEngines('a proxy that answers while the process is stopped has answered in time', async (world) => {
  const server = world.use(await PeerServer.listen());
  const { promise, resolve } = deferred();
  const proxy = world.use(await TrickProxy.listen({ after: promise }));
  const gateway = await world.gateway({ ...CONFIG, upstream: proxy.line });
  const client = world.use(await Peer.connect(gateway.port));
  client.send(greeting());
  await client.read(2);
  client.send(request(server));
  await until('the proxy was asked', () => proxy.asked.length > 0);
  await paused(gateway, PAUSE_MS, resolve);
  assert.equal((await readReply(client)).rep, 0);
  assertUnharmed(gateway);
});

inBothEngines('a handshake with a proxy goes on where it was when the process was stopped', async (world) => {
  const server = world.use(await PeerServer.listen());
  // Each of its steps needs the gateway to have taken the last one.
  const proxy = world.use(await PeerServer.listen());
  const upstream = { type: 'socks5', host: proxy.host, port: proxy.port };
  const gateway = await world.gateway({ ...CONFIG, upstream });
  const client = world.use(await Peer.connect(gateway.port));
  client.send(Buffer.concat([greeting(), request(server)]));
  const asked = await proxy.accepted();
  await asked.read(3);
  await paused(gateway, PAUSE_MS, () => asked.send(Buffer.from([5, 0])));
  await asked.read(10);
  asked.send(Buffer.from([5, 0, 0, 1, 192, 0, 2, 7, 1, 2]));
  await client.read(2);
  assert.equal((await readReply(client)).rep, 0);
  assertUnharmed(gateway);
});

const other = (side: Side): Side => (side === 'client' ? 'destination' : 'client');

inBothEngines('what a side says while the process is stopped ends no idle connection', async (world) => {
  const [up, down] = [await connected(world), await connected(world)];
  await paused(up.gateway, PAUSE_MS, () => {
    up.client.send('said');
    down.destination.send('said');
  });
  for (const [ends, side] of [
    [up, 'client'],
    [down, 'destination'],
  ] as const) {
    assert.equal((await ends[other(side)].read(4)).toString(), 'said');
    ends[other(side)].send('answered');
    assert.equal((await ends[side].read(8)).toString(), 'answered');
  }
  assertUnharmed(up.gateway);
});

inBothEngines('an answer to a half-closed side that comes while the process is stopped arrives', async (world) => {
  const [up, down] = [await connected(world), await connected(world)];
  up.client.end();
  down.destination.end();
  await up.destination.ended();
  await down.client.ended();
  await paused(up.gateway, PAUSE_MS, () => {
    for (const answering of [up.destination, down.client]) {
      answering.send('answer');
      answering.end();
    }
  });
  for (const ends of [up, down]) {
    const asked = ends === up ? ends.client : ends.destination;
    assert.equal((await asked.rest()).toString(), 'answer');
    assert.equal(asked.ending, 'eof');
    assert.equal((await ends.gateway.connection(ends.server)).ending, 'complete');
  }
  assertUnharmed(up.gateway);
});

inBothEngines('a quiet connection has its whole time after the process was stopped', async (world) => {
  const { gateway, server, client } = await connected(world);
  await paused(gateway, PAUSE_MS, () => {});
  const resumed = performance.now();
  assert.equal(await client.ended(), 'ECONNRESET');
  assert.ok(performance.now() - resumed > TIMEOUT_MS / 2, 'ended at once');
  assert.equal((await gateway.connection(server)).ending, 'idle');
});

inBothEngines('an answer to a ClientHello that comes while the process is stopped is not late', async (world) => {
  const { promise, resolve } = deferred();
  const server = world.use(await PeerServer.listen());
  const near = world.use(await TrickProxy.listen('works'));
  const far = world.use(await TrickProxy.listen({ after: promise }));
  const upstream = { type: 'multipath', list: [near.line, far.line] };
  const race = { first_byte_ms: TIMEOUT_MS, connect_timeout_ms: 10_000 };
  const gateway = await world.gateway({ workers: 1, upstream, race, log_level: 'debug' });
  const client = world.use(await through(gateway.port, server));
  resolve();
  const hello = clientHello();
  client.send(hello);
  const destination = await server.accepted();
  await destination.read(hello.length);
  const answer = Buffer.from([22, 3, 3, 0, 1, 2]);
  await paused(gateway, PAUSE_MS, () => destination.send(answer));
  assert.deepEqual(await client.read(answer.length), answer);
  // Whoever else has been connected was not asked.
  for (const other of server.peers) if (other !== destination) assert.equal(other.waiting, 0);
  client.end();
  destination.end();
  await gateway.connection(server);
  assertUnharmed(gateway);
});

inBothEngines(
  'a refused client gets its answer and a clean end, whatever it said while the process was stopped',
  async (world) => {
    const gateway = await world.shared(CONFIG);
    const client = world.use(await Peer.connect(gateway.port));
    // No method that the gateway has.
    client.send(greeting([9]));
    assert.deepEqual(await client.read(2), Buffer.from([5, 255]));
    await paused(gateway, BEYOND_DRAINING_MS, () => {
      client.send(MUCH);
      client.end();
    });
    await until('the connection is over', () => client.closed);
    assert.equal(client.ending, 'eof');
    assertUnharmed(gateway);
  },
);

inBothEngines('what comes while a process that drains is stopped still arrives', async (world) => {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.gateway({ workers: 1, drain_timeout_ms: TIMEOUT_MS });
  const client = world.use(await through(gateway.port, server));
  const destination = await server.accepted();
  gateway.child.kill('SIGTERM');
  await gateway.logged('stopping');
  // Main, too, has two seconds of patience beyond that.
  await paused(gateway, BEYOND_DRAINING_MS, () => {
    destination.send('the last');
    destination.end();
    client.end();
  });
  assert.equal((await client.rest()).toString(), 'the last');
  assert.equal(client.ending, 'eof');
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
  assert.deepEqual(
    gateway.records.filter(({ level }) => level === 'warn'),
    [],
  );
});

inBothEngines('a half-open handshake ends although the process is stopped again and again', async (world) => {
  const gateway = await world.shared(CONFIG);
  const client = world.use(await Peer.connect(gateway.port));
  for (let pauses = 0; client.ending === 'open' && pauses < 60; pauses += 1) {
    await paused(gateway, 250, () => {});
    await passes(10);
  }
  assert.equal(client.ending, 'eof');
  assertUnharmed(gateway);
});
