// Rules as a client sees them: what is blocked gets REP 02 and reaches nobody, what is kept to a line goes through that
// line only, and lists are read again when they change.
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DnsServer, deferred } from '../helpers/dns-server.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { type Trick, TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer, PeerServer } from '../helpers/servers.js';
import { type Destination, dial, greeting, readReply, request, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';

/** Proxies that are the lines `a`, `b`, … */
async function lines(world: World, tricks: readonly Trick[]) {
  const proxies = await Promise.all(tricks.map((trick) => TrickProxy.listen(trick)));
  for (const proxy of proxies) world.use(proxy);
  const list = proxies.map(({ line }, index) => ({ ...line, name: 'abc'[index] }));
  return { proxies, upstream: { type: 'multipath', list } };
}

async function reply(world: World, { port }: Gateway, destination: Destination): Promise<number> {
  const { peer, reply } = await dial(port, destination);
  world.use(peer);
  if (reply.rep !== 0) peer.end();
  return reply.rep;
}

const counts = (proxies: readonly TrickProxy[]) => proxies.map(({ count }) => count);

inBothEngines('a blocked destination gets REP 02, and nobody is asked for it or dialled', async (world) => {
  const server = world.use(await PeerServer.listen());
  const dns = world.use(
    await DnsServer.start({ 'www.ads.test': { A: ['127.0.0.1'] }, 'ads.org': { A: ['127.0.0.1'] } }),
  );
  const gateway = await world.gateway({
    rules: [
      { domain_suffix: 'ADS.test', block: true },
      { cidr: ['127.0.0.0/24', '::1'], port: server.port, block: true },
    ],
    nameservers: `127.0.0.1:${dns.port}`,
    log_level: 'debug',
  });
  const { port } = server;
  for (const host of ['ads.test', 'www.Ads.Test.', '127.0.0.1', '::ffff:7f00:1', '::1']) {
    assert.equal(await reply(world, gateway, { host, port }), 2, host);
  }
  assert.deepEqual([dns.queries.length, server.peers.length], [0, 0]);
  const { cause, ending } = await gateway.connection({ host: 'ads.test', port });
  assert.deepEqual([cause, ending], ['blocked', 'failed']);
  // Another port is free. A name that resolves to a blocked address is asked for, but not dialled.
  assert.equal(await reply(world, gateway, { host: '127.0.0.1', port: await freePort() }), 5);
  assert.equal(await reply(world, gateway, { host: 'ads.org', port }), 2);
  assert.equal(server.peers.length, 0);
});

inBothEngines('a blocked client that has sent more already still gets its reply and a clean end', async (world) => {
  const gateway = await world.shared({ rules: [{ port: 25, block: true }] });
  const peer = world.use(await Peer.connect(gateway.port));
  peer.send(Buffer.concat([greeting(), request({ host: '127.0.0.1', port: 25 }), Buffer.alloc(4096, 1)]));
  assert.deepEqual([...(await peer.read(2))], [5, 0]);
  assert.equal((await readReply(peer)).rep, 2);
  peer.end();
  assert.equal(await peer.ended(), 'eof');
});

inBothEngines('use sends through the named lines only, and fails as they fail', async (world) => {
  const server = world.use(await PeerServer.listen());
  const { proxies, upstream } = await lines(world, ['works', 'works', 'works']);
  const [a, b, c] = proxies;
  const gateway = await world.gateway({ upstream, rules: [{ domain_suffix: 'b.test', use: ['b'] }] });
  for (let turn = 1; turn <= 5; turn += 1) {
    const client = world.use(await through(gateway.port, { host: `n${turn}.b.test`, port: server.port }));
    client.send('x');
    assert.equal((await (await server.accepted(turn - 1)).read(1)).toString(), 'x');
  }
  assert.deepEqual(counts(proxies), [0, 5, 0]);
  b.trick = { rep: 5 };
  assert.equal(await reply(world, gateway, { host: 'n6.b.test', port: server.port }), 5);
  // What was remembered of it fails too, and no other line steps in.
  assert.equal(await reply(world, gateway, { host: 'n1.b.test', port: server.port }), 5);
  await b.close();
  assert.equal(await reply(world, gateway, { host: 'n2.b.test', port: server.port }), 1);
  assert.deepEqual([a.count, c.count], [0, 0]);
  assert.equal(await reply(world, gateway, { host: 'other.test', port: server.port }), 0);
});

inBothEngines('use may name several lines, also direct ones, and then they race', async (world) => {
  const server = world.use(await PeerServer.listen());
  const { proxies, upstream } = await lines(world, ['works', { rep: 5 }]);
  const list = [...upstream.list, { type: 'direct', source_ip: '127.0.0.5' }, { type: 'direct', name: 'plain' }];
  const gateway = await world.gateway({
    upstream: { ...upstream, list },
    rules: [
      { port: server.port, cidr: '127.0.0.1', use: ['direct 127.0.0.5', 'b'] },
      { domain: 'only.b.test', use: ['b'] },
    ],
  });
  world.use(await through(gateway.port, { host: '127.0.0.1', port: server.port }));
  assert.equal((await server.accepted()).socket.remoteAddress, '127.0.0.5');
  assert.equal(proxies[0].count, 0);
  assert.equal(await reply(world, gateway, { host: 'only.b.test', port: server.port }), 5);
});

inBothEngines('the first rule that is for a connection holds', async (world) => {
  const server = world.use(await echoServer());
  const { proxies, upstream } = await lines(world, ['works', 'works', 'works']);
  const gateway = await world.gateway({
    upstream,
    rules: [
      { domain: 'exact.x.test', use: ['a'] },
      { domain_suffix: 'x.test', port: '1-1023', block: true },
      { domain_suffix: 'x.test', use: ['b'], sticky: true },
      { domain: ['exact.x.test', 'y.test'], block: true },
      { use: ['c'] },
    ],
  });
  const ask = (host: string, port = server.port) => reply(world, gateway, { host, port });
  assert.deepEqual([await ask('exact.x.test'), counts(proxies)], [0, [1, 0, 0]]);
  assert.deepEqual([await ask('www.x.test'), counts(proxies)], [0, [1, 1, 0]]);
  assert.deepEqual([await ask('www.x.test', 80), counts(proxies)], [2, [1, 1, 0]]);
  assert.deepEqual([await ask('y.test'), counts(proxies)], [2, [1, 1, 0]]);
  assert.deepEqual([await ask('z.test'), counts(proxies)], [0, [1, 1, 1]]);
  assert.deepEqual([await ask('127.0.0.1'), counts(proxies)], [0, [1, 1, 2]]);
});

/** A list that is replaced as careful writers do it. */
function listFile(world: World): { path: string; write(text: string): void } {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-rules-'));
  world.use({ close: () => rmSync(directory, { recursive: true }) });
  const path = join(directory, 'list.txt');
  return {
    path,
    write(text) {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    },
  };
}

const inForce = (gateway: Gateway) => gateway.records.filter(({ msg }) => msg === 'rules are in force');
const warnings = (gateway: Gateway) => gateway.records.filter(({ level }) => level === 'warn');

inBothEngines(
  'a list is read again when it has changed, and a bad one leaves the rules as they were',
  async (world) => {
    const server = world.use(await echoServer());
    const list = listFile(world);
    list.write('# nothing yet\n');
    const gateway = await world.gateway({
      workers: 2,
      hosts: { 'a.test': '127.0.0.1', 'b.test': '127.0.0.1' },
      rules: [{ domain_file: list.path, block: true, strict: true }],
    });
    assert.deepEqual(
      inForce(gateway).map(({ entries }) => entries),
      [0],
    );
    const ask = (host: string) => reply(world, gateway, { host, port: server.port });
    const old = world.use(await through(gateway.port, { host: 'a.test', port: server.port }));
    list.write('a.test\n');
    await until('the list is read again', () => inForce(gateway).length === 2);
    assert.deepEqual([await ask('a.test'), await ask('b.test')], [2, 0]);
    old.send('still');
    assert.equal((await old.read(5)).toString(), 'still');
    // In place, with a mistake: told once.
    writeFileSync(list.path, 'b.test\nno name\n');
    await until('the mistake is told', () => warnings(gateway).length > 0);
    assert.deepEqual(warnings(gateway)[0]['problems'], [`${list.path}: line 2: "no name" is not a host name`]);
    assert.deepEqual([await ask('a.test'), await ask('b.test')], [2, 0]);
    rmSync(list.path);
    await until('that it is gone is told', () => warnings(gateway).length > 1);
    assert.deepEqual(warnings(gateway)[1]['problems'], [`${list.path}: no such file`]);
    assert.equal(await ask('a.test'), 2);
    list.write('b.test\n');
    await until('the list is read again', () => inForce(gateway).length === 3);
    assert.deepEqual([await ask('a.test'), await ask('b.test')], [0, 2]);
    assert.equal(warnings(gateway).length, 2);
    old.send('going');
    assert.equal((await old.read(5)).toString(), 'going');
  },
);

inBothEngines('a line that was remembered is not used where a new rule does not allow it', async (world) => {
  const server = world.use(await echoServer());
  const list = listFile(world);
  list.write('');
  const { proxies, upstream } = await lines(world, ['works', { after: deferred().promise }]);
  const rules = [{ domain_suffix_file: [list.path], use: ['b'] }];
  const gateway = await world.gateway({ upstream, rules, workers: 1 });
  const destination = { host: 'www.a.test', port: server.port };
  assert.equal(await reply(world, gateway, destination), 0);
  assert.equal(await reply(world, gateway, destination), 0);
  assert.deepEqual(counts(proxies), [2, 1]);
  proxies[1].trick = 'works';
  list.write('a.test');
  await until('the list is read again', () => inForce(gateway).length === 2);
  for (let turn = 1; turn <= 4; turn += 1) {
    assert.equal(await reply(world, gateway, destination), 0);
    assert.deepEqual(counts(proxies), [2, 1 + turn]);
  }
});
