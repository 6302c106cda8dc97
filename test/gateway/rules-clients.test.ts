// Rules for some clients only, and lines that are kept for one asker, as clients see them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deferred } from '../helpers/dns-server.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { keptProxies, namesOf } from '../helpers/kept-proxies.js';
import { echoServer } from '../helpers/servers.js';
import { type Destination, dial } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

const proxies = keptProxies(2);

/** Clients of this machine, with addresses of their own. */
const [ONE, OTHER] = ['127.0.0.5', '127.0.6.1'];
/** To whom nothing is said. */
const USUAL = '127.0.0.1';

/** A connection of a client from that address, which echoes if it is made; gives the reply. */
async function ask(world: World, { port }: Gateway, destination: Destination, from: string): Promise<number> {
  const { peer, reply } = await dial(port, destination, from);
  world.use(peer);
  if (reply.rep === 0) {
    peer.send('x');
    assert.equal((await peer.read(1)).toString(), 'x');
  }
  peer.end();
  return reply.rep;
}

inBothEngines('a rule for a network of clients is for those alone', async (world) => {
  const server = world.use(await echoServer());
  const [a, b] = await proxies(world.engine);
  const [first, second] = namesOf([a, b]);
  const before = [a.count, b.count];
  const gateway = await world.gateway({
    upstream: { type: 'multipath', list: [a.line, b.line] },
    rules: [
      { client: [`${ONE}/32`, 'unix'], port: server.port, block: true },
      { client: '127.0.6.0/24', use: [second] },
      { use: [first] },
    ],
    log_level: 'debug',
  });
  const destination = { host: 'a.test', port: server.port };
  const replies: number[] = [];
  for (const from of [ONE, OTHER, USUAL]) replies.push(await ask(world, gateway, destination, from));
  assert.deepEqual(replies, [2, 0, 0]);
  assert.deepEqual([a.count - before[0], b.count - before[1]], [1, 1]);
  const { cause, rule } = await gateway.connection(destination);
  assert.deepEqual([cause, rule], ['blocked', 0]);
});

inBothEngines('a rule for ranges knows the client also where a name resolves to them', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.shared({
    hosts: { 'a.test': '127.0.0.1' },
    rules: [{ client: ONE, cidr: '127.0.0.0/8', block: true }],
  });
  const replies: number[] = [];
  for (const from of [ONE, OTHER])
    for (const host of ['a.test', '127.0.0.1'])
      replies.push(await ask(world, gateway, { host, port: server.port }, from));
  assert.deepEqual(replies, [2, 2, 0, 0]);
});

inBothEngines('a rule for a listener, and one for Unix sockets, is for clients that came in there', async (world) => {
  const server = world.use(await echoServer());
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-rules-'));
  world.use({ close: () => rmSync(directory, { recursive: true, force: true }) });
  const path = join(directory, 'socket');
  const gateway = await world.gateway({
    port: undefined,
    listen: [{ port: 0, name: 'first' }, { unix: path }, { unix: `${path}2`, name: 'second' }],
    rules: [
      { listener: 'second', block: true },
      { client: 'unix', port: 25, block: true },
      { listener: 'first', client: OTHER, block: true },
    ],
  });
  const said = gateway.records.find(({ msg }) => msg.startsWith('listening on '))?.msg ?? '';
  const first = Number(/:(\d+) \(first\)/.exec(said)?.[1]);
  const reply = async (at: number | string, port: number, from?: string): Promise<number> => {
    const { peer, reply } = await dial(at, { host: '127.0.0.1', port }, from);
    world.use(peer);
    peer.end();
    return reply.rep;
  };
  assert.deepEqual([await reply(first, server.port), await reply(path, server.port)], [0, 0]);
  assert.deepEqual([await reply(`${path}2`, server.port), await reply(path, 25)], [2, 2]);
  assert.deepEqual([await reply(first, 25), await reply(first, server.port, OTHER)], [5, 2]);
});

inBothEngines('the hosts of a site are on one line for a client, and move together when that fails', async (world) => {
  const server = world.use(await echoServer());
  const [a, b] = await proxies(world.engine);
  a.trick = 'works';
  b.trick = 'works';
  const gateway = await world.gateway({
    upstream: { type: 'multipath', list: [a.line, b.line] },
    rules: [{ sticky: 'site' }],
    workers: 1,
  });
  const to = (host: string, from: string) => ask(world, gateway, { host, port: server.port }, from);
  const counted = async (...visits: [host: string, from: string][]) => {
    const before = [a.count, b.count];
    for (const [host, from] of visits) assert.equal(await to(host, from), 0);
    return [a.count - before[0], b.count - before[1]];
  };
  // The first client lands on one line, the second on the other.
  for (const [slow, from] of [
    [b, ONE],
    [a, OTHER],
  ] as const) {
    const gate = deferred();
    slow.trick = { after: gate.promise };
    assert.equal(await to('www.site.example', from), 0);
    await until('the slow one is let go', () => slow.open === 0);
    slow.trick = 'works';
    gate.resolve();
  }
  assert.deepEqual(await counted(['api.site.example', ONE], ['img.site.example', ONE], ['site.example', ONE]), [3, 0]);
  assert.deepEqual(await counted(['api.site.example', OTHER], ['img.site.example', OTHER]), [0, 2]);
  a.trick = { rep: 5 };
  assert.deepEqual(await counted(['img.site.example', ONE], ['www.site.example', ONE]), [1, 2]);
  a.trick = 'works';
  assert.deepEqual(await counted(['api.site.example', ONE], ['new.site.example', ONE]), [0, 2], 'it stays there');
  assert.deepEqual(await counted(['new.site.example', OTHER]), [0, 1]);
});
