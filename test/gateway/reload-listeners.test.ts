// Listeners that a reload adds, closes and moves, as clients see it: nobody is lost who comes by one that stays, and what came by
// one that is gone goes on.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogRecord } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { echoServer, TestServer } from '../helpers/servers.js';
import { type Destination, dial, through } from '../helpers/socks-client.js';
import type { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';

type Listen = readonly object[];

/** A configuration with these listeners. */
const at = (listen: Listen, more: object = {}) => ({ port: undefined, listen, log_level: 'debug', ...more });

const start = (world: World, listen: Listen, more: object = {}): Promise<ReloadedGateway> =>
  ReloadedGateway.start(world, at(listen, more));

async function echoes(peer: Peer, text: string): Promise<void> {
  peer.send(text);
  assert.equal((await peer.read(text.length)).toString(), text);
}

/** The answer to a new client that asks for the server, or why it did not come in. */
async function answer(gateway: number | string, server: Destination): Promise<number | string> {
  try {
    const { peer, reply } = await dial(gateway, server);
    peer.end();
    await peer.ended();
    peer.close();
    return reply.rep;
  } catch (error) {
    const message = String(error);
    return /: (ECONNREFUSED|ENOENT)$/.exec(message)?.[1] ?? message;
  }
}

/** What the gateway counts of its listeners: [name, accepted]. */
async function counted({ gateway }: ReloadedGateway, listeners: number): Promise<readonly unknown[]> {
  const told = (): LogRecord[] => gateway.records.filter(({ msg }) => msg === 'report: listener');
  const before = told().length;
  gateway.child.kill('SIGUSR2');
  await until('all listeners are reported', () => told().length >= before + listeners);
  return told()
    .slice(before)
    .map(({ name, accepted }) => [name, accepted]);
}

const ports = (count: number): Promise<number[]> => Promise.all(Array.from({ length: count }, () => freePort()));

/** Clients that come one after another in each of a few loops, until `stop`: how many were served, and what others met. */
function clientsOf(port: number, server: Destination, loops = 4) {
  let wanted = true;
  const met: (number | string)[] = [];
  const one = async (): Promise<void> => {
    while (wanted) met.push(await answer(port, server));
  };
  const running = Promise.all(Array.from({ length: loops }, one));
  return {
    get served(): number {
      return met.filter((result) => result === 0).length;
    },
    async stop(): Promise<readonly (number | string)[]> {
      wanted = false;
      await running;
      return met.filter((result) => result !== 0);
    },
  };
}

inBothEngines('listeners are added, closed, moved and renamed, in any order; live connections go on', async (world) => {
  const server = world.use(await echoServer());
  const [one, two, three] = await ports(3);
  const gateway = await start(world, [
    { port: one, name: 'one' },
    { port: two, name: 'two' },
  ]);
  const client = world.use(await through(one, server));
  await echoes(client, 'before');
  assert.equal(await answer(two, server), 0);

  const moved = await gateway.reload(at([{ port: three, name: 'one' }, { port: two }]));
  assert.equal(moved.level, 'info');
  assert.deepEqual(moved['changed'], [
    ...['listener "one": added', `listener "127.0.0.1:${two}": changed`, 'listener "one": closed'],
  ]);
  assert.equal(await answer(one, server), 'ECONNREFUSED');
  assert.deepEqual([await answer(two, server), await answer(three, server)], [0, 0]);
  await echoes(client, 'after');
  assert.deepEqual(await counted(gateway, 2), [
    ['one', 1],
    [`127.0.0.1:${two}`, 2],
  ]);

  const both = [{ port: two }, { port: three, name: 'one' }];
  assert.deepEqual((await gateway.reload(at(both)))['changed'], []);
  const back = await gateway.reload(at([{ port: one, name: 'back' }, ...both]));
  assert.deepEqual(back['changed'], ['listener "back": added']);
  assert.deepEqual([await answer(one, server), await answer(two, server), await answer(three, server)], [0, 0, 0]);
  // What comes back to a place goes on counting.
  assert.deepEqual(await counted(gateway, 3), [
    ['back', 2],
    [`127.0.0.1:${two}`, 3],
    ['one', 2],
  ]);
  await echoes(client, 'still');
  client.end();
  assert.equal(await client.ended(), 'eof');
  await gateway.reload(at([{ port: two }]));
});

inBothEngines(
  'rules are for the listeners that they name, wherever these stand and whatever else goes',
  async (world) => {
    const server = world.use(await echoServer());
    const [a, b, c, d] = await ports(4);
    const named = {
      a: { port: a, name: 'a' },
      b: { port: b, name: 'b' },
      c: { port: c, name: 'c' },
      d: { port: d, name: 'd' },
    };
    const blocked = (...listener: string[]) => ({ rules: [{ listener, block: true }] });
    const reach = (...all: number[]) => Promise.all(all.map((port) => answer(port, server)));
    const gateway = await start(world, [named.a, named.b, named.c, named.d], blocked('b'));
    assert.deepEqual(await reach(a, b, c), [0, 2, 0]);
    // The order alone is no change.
    const turned = await gateway.reload(at([named.d, named.c, named.b, named.a], blocked('b')));
    assert.deepEqual(turned['changed'], []);
    assert.deepEqual(await reach(a, b, c), [0, 2, 0]);
    await gateway.reload(at([named.d, named.b], { ...blocked('b'), race: { stagger_ms: 20 } }));
    assert.deepEqual(await reach(d, b), [0, 2]);
    const other = await gateway.reload(at([named.c, named.a, named.b], blocked('a', 'c')));
    assert.deepEqual(other['changed'], [
      ...['race.stagger_ms', 'listener "c": added', 'listener "a": added', 'listener "d": closed', 'rules'],
    ]);
    assert.deepEqual(await reach(a, b, c), [2, 0, 2]);
  },
);

inBothEngines('a Unix socket comes with its mode, changes it, and goes with its file', async (world) => {
  const server = world.use(await echoServer());
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-listeners-'));
  world.use({ close: () => rmSync(directory, { recursive: true }) });
  const [unix, other] = [join(directory, 'a.sock'), join(directory, 'b.sock')];
  const gateway = await start(world, [{ port: 0 }, { unix: other }]);
  await gateway.reload(at([{ port: 0 }, { unix, mode: '0660', name: 'file' }]));
  assert.deepEqual([existsSync(other), statSync(unix).mode & 0o777], [false, 0o660]);
  assert.equal(await answer(unix, server), 0);
  const { ino } = statSync(unix);
  const client = world.use(await through(unix, server));
  const told = await gateway.reload(at([{ port: 0 }, { unix, mode: '0600', name: 'file' }]));
  assert.deepEqual(told['changed'], ['listener "file": changed']);
  assert.deepEqual([statSync(unix).ino, statSync(unix).mode & 0o777], [ino, 0o600]);
  await gateway.reload(at([{ port: 0 }]));
  assert.equal(existsSync(unix), false);
  assert.equal(await answer(unix, server), 'ENOENT');
  await echoes(client, 'it goes on');
});

inBothEngines('where one place cannot be had nothing changes, and the sentence says why', async (world) => {
  const server = world.use(await echoServer());
  const taken = world.use(await TestServer.listen(() => {}));
  const [one, two] = await ports(2);
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-listeners-'));
  world.use({ close: () => rmSync(directory, { recursive: true }) });
  const [kept, unix] = [join(directory, 'kept.sock'), join(directory, 'new.sock')];
  const gateway = await start(world, [{ port: one }, { unix: kept }]);
  const before = gateway.gateway.fds().length;
  const wrong = [{ port: two }, { unix }, { unix: kept, mode: '0666' }, { port: taken.port }];
  const told = await gateway.reload(at(wrong, { rules: [{ block: true, port: server.port }] }));
  assert.equal(told.level, 'error');
  assert.deepEqual(told['problems'], [`cannot listen on 127.0.0.1:${taken.port}: the port is in use (EADDRINUSE)`]);
  assert.deepEqual(
    [await answer(one, server), await answer(two, server), existsSync(unix)],
    [0, 'ECONNREFUSED', false],
  );
  assert.equal(statSync(kept).mode & 0o777, 0o600);
  await until('nothing is left open', () => gateway.gateway.fds().length <= before);
  // What is published last fails: the new listener is given up again.
  const lost = await gateway.reload(
    at([{ port: two }], { rules: [{ domain: { file: '/nonexistent' }, block: true }] }),
  );
  assert.equal(lost.level, 'error');
  assert.deepEqual([await answer(one, server), await answer(two, server)], [0, 'ECONNREFUSED']);
});

inBothEngines(
  'of hundreds of clients of a listener that stays none is lost while others come and go',
  async (world) => {
    const server = world.use(await echoServer());
    const [stays, one, two] = await ports(3);
    const gateway = await start(world, [{ port: stays, name: 'stays' }, { port: one }], { log_level: 'info' });
    const clients = clientsOf(stays, server);
    for (let turn = 0; turn < 20; turn += 1) {
      const { served } = clients;
      const others = turn % 2 === 0 ? [{ port: two }] : [{ port: one }];
      const listen =
        turn % 3 === 0 ? [{ port: stays, name: 'stays' }, ...others] : [...others, { port: stays, name: 'stays' }];
      const told = await gateway.reload(at(listen, { log_level: 'info' }));
      assert.equal((told['changed'] as string[]).length, 2);
      await until('more clients are served', () => clients.served > served + 10);
    }
    assert.deepEqual(await clients.stop(), []);
    assert.ok(clients.served > 200, `${clients.served} served`);
  },
  60_000,
);

inBothEngines('a listener moves from one address to all and back, and no client of its port is lost', async (world) => {
  const server = world.use(await echoServer());
  const port = await freePort();
  const more = { log_level: 'info', allow_clients: ['127.0.0.0/8'], egress: { allow: ['loopback'] } };
  const gateway = await start(world, [{ port }], more);
  const clients = clientsOf(port, server);
  for (const host of ['0.0.0.0', '127.0.0.1', '::', '0.0.0.0', '::', '127.0.0.1']) {
    const { served } = clients;
    const told = await gateway.reload(at([{ host, port }], more));
    assert.equal(told.msg, 'reload: the changes are in force', JSON.stringify(told));
    await until('more clients are served', () => clients.served > served + 10);
  }
  assert.deepEqual(await clients.stop(), []);
});

inBothEngines('clients that come while their listener goes are served, or refused', async (world) => {
  const server = world.use(await echoServer());
  const [stays, goes] = await ports(2);
  const gateway = await start(world, [{ port: stays }, { port: goes }], { log_level: 'info' });
  for (let turn = 0; turn < 5; turn += 1) {
    const clients = clientsOf(goes, server);
    await until('some are served', () => clients.served > 20);
    await gateway.reload(at([{ port: stays }], { log_level: 'info' }));
    const others = await clients.stop();
    assert.deepEqual(new Set([...others, 'ECONNREFUSED']), new Set(['ECONNREFUSED']));
    await gateway.reload(at([{ port: stays }, { port: goes }], { log_level: 'info' }));
  }
});

inBothEngines('who listens where the gateway did is no listener of the gateway any more', async (world) => {
  const [stays, goes, comes] = await ports(3);
  const own = (port: number): Destination => ({ host: '127.0.0.1', port });
  const gateway = await start(world, [{ port: stays }, { port: goes }]);
  assert.equal(await answer(stays, own(goes)), 2);
  await gateway.reload(at([{ port: stays }, { port: comes }]));
  assert.deepEqual([await answer(stays, own(goes)), await answer(stays, own(comes))], [5, 2]);
});

inBothEngines(
  'two hundred reloads with another listener each leave nothing behind, and a live connection keeps its listener’s name',
  async (world) => {
    const server = world.use(await echoServer());
    const [stays, first] = await ports(2);
    const always = { port: stays, name: 'stays' };
    const more = { log_level: 'info', log: { access: { enabled: 'on' } } };
    const gateway = await start(world, [always, { port: first, name: 'first' }], more);
    const client = world.use(await through(first, server));
    const around = async (times: number): Promise<void> => {
      for (let turn = 0; turn < times; turn += 1) {
        const port = await freePort();
        const told = await gateway.reload(at([always, { port, name: `at ${port}` }], more));
        assert.equal(told.msg, 'reload: the changes are in force', JSON.stringify(told));
        if (turn % 10 === 0) assert.equal(await answer(port, server), 0);
      }
    };
    await around(10);
    const before = gateway.gateway.fds().length;
    await around(190);
    await until('all descriptors are closed', () => gateway.gateway.fds().length <= before);
    await echoes(client, 'still there');
    client.end();
    await client.ended();
    const lines = () => gateway.gateway.records.filter(({ msg, listener }) => msg === 'access' && listener === 'first');
    await until('it has a line', () => lines().length === 1);
    assert.equal(await answer(stays, server), 0);
  },
  120_000,
);
