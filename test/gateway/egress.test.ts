// Which addresses are dialled, however they are written and wherever they come from: literals, answers to names, what is
// remembered. What must not be dialled gets REP 02.
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DnsServer } from '../helpers/dns-server.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer, PeerServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

async function reply(world: World, { port: gateway }: Gateway, host: string, port: number): Promise<number> {
  const { peer, reply } = await dial(gateway, { host, port });
  world.use(peer);
  if (reply.rep !== 0) peer.end();
  return reply.rep;
}

const direct = (name: string, source_ip: string) => ({ type: 'direct', name, source_ip });

/** Of a gateway without rules that two tests share. */
const PLAIN = {
  hosts: { 'sink.test': '0.0.0.0', 'sink6.test': ['::', '::ffff:0.0.0.0'], 'half.test': ['0.0.0.0', '127.0.0.1'] },
  log_level: 'debug',
};

inBothEngines('an address that means no host gets REP 02 and reaches nobody, in every form', async (world) => {
  const server = world.use(await PeerServer.listen('::'));
  const proxy = world.use(await TrickProxy.listen('works'));
  const gateway = await world.shared(PLAIN);
  const byProxy = await world.gateway({ upstream: proxy.line });
  const { port } = server;
  const literals = ['0.0.0.0', '0.1.2.3', '::', '::ffff:0:0', '::ffff:1:2', '64:ff9b::', '2002::', '[::]'];
  for (const host of literals) {
    assert.equal(await reply(world, gateway, host, port), 2, host);
    assert.equal(await reply(world, byProxy, host, port), 2, `${host} by the proxy`);
  }
  for (const host of ['sink.test', 'sink6.test']) assert.equal(await reply(world, gateway, host, port), 2, host);
  assert.equal((await gateway.connection({ host: 'sink.test', port })).cause, 'unspecified');
  assert.deepEqual([server.peers.length, proxy.count], [0, 0]);
  assert.equal(await reply(world, gateway, 'half.test', port), 0);
});

inBothEngines('IpBlacklist and range rules hold for loopback in every form', async (world) => {
  const server = world.use(await PeerServer.listen('::'));
  const listed = await world.shared({ IpBlacklist: ['127.0.0.0/8', '::1'] });
  const ruled = await world.shared({ rules: [{ cidr: ['127.0.0.0/8', '::1'], block: true }] });
  const forms = [
    '127.0.0.1',
    '127.9.9.9',
    '::ffff:7f00:1',
    '::7f00:1',
    '2002:7f00:1::',
    '64:ff9b::7f00:1',
    '::1',
    '[::1]',
  ];
  for (const host of [...forms, '[::ffff:127.0.0.1]', '0.0.0.0', '::', '64:ff9b:1::7f00:1']) {
    assert.equal(await reply(world, listed, host, server.port), 2, host);
    assert.equal(await reply(world, ruled, host, server.port), 2, host);
  }
  // What getaddrinfo would take for an address is no name.
  for (const host of ['127.1', '0x7f.1', '2130706433', '127.0.0.1.', '0177.0.0.1', '::1%lo', '[::1%lo]']) {
    assert.equal(await reply(world, listed, host, server.port), 4, host);
  }
  assert.equal(server.peers.length, 0);
});

inBothEngines('an IPv6 address in brackets, sent as a name, is the address', async (world) => {
  const server = world.use(await echoServer('::1'));
  const gateway = await world.shared(PLAIN);
  const client = world.use(await through(gateway.port, { host: '[::1]', port: server.port }));
  client.send('x');
  assert.equal((await client.read(1)).toString(), 'x');
});

inBothEngines('a range rule holds for what a name resolves to: blocked addresses are left out', async (world) => {
  const bad = world.use(await PeerServer.listen('127.0.0.2'));
  const { port } = bad;
  const good = world.use(await PeerServer.listen('127.0.0.3', port));
  const dns = world.use(
    await DnsServer.start({
      'both.test': { A: ['127.0.0.2', '127.0.0.3'] },
      'only.test': { A: ['127.0.0.2'] },
      'free.test': { A: ['127.0.0.2'] },
    }),
  );
  const gateway = await world.gateway({
    nameservers: `127.0.0.1:${dns.port}`,
    log_level: 'debug',
    rules: [
      { domain: 'free.test', use: ['direct'] },
      { cidr: '127.0.0.2', block: true },
    ],
  });
  for (let turn = 1; turn <= 3; turn += 1) {
    assert.equal(await reply(world, gateway, 'both.test', port), 0);
    assert.equal(await reply(world, gateway, 'only.test', port), 2);
    assert.deepEqual([bad.peers.length, good.peers.length], [0, turn]);
  }
  const { cause, attempts } = await gateway.connection({ host: 'only.test', port });
  assert.deepEqual([cause, attempts ?? []], ['blocked', []]);
  // The rule for the name comes first.
  assert.equal(await reply(world, gateway, 'free.test', port), 0);
  assert.equal(bad.peers.length, 1);
  // What could be dialled tells more.
  await good.close();
  assert.equal(await reply(world, gateway, 'both.test', port), 5);
});

inBothEngines('a range rule leaves an address that a name resolves to only its lines', async (world) => {
  const server = world.use(await PeerServer.listen('127.0.0.2'));
  const proxy = world.use(await TrickProxy.listen({ rep: 5 }));
  const list = [direct('a', '127.0.0.5'), direct('b', '127.0.0.6'), { ...proxy.line, name: 'p' }];
  const gateway = await world.gateway({
    upstream: { type: 'multipath', list },
    hosts: { 'one.test': '127.0.0.2', 'two.test': '127.0.0.2', 'three.test': '127.0.0.2' },
    rules: [
      { domain: 'two.test', use: ['a'] },
      { cidr: '127.0.0.0/30', use: ['b'] },
      { domain: 'three.test', use: ['a'] },
    ],
  });
  const from = async (host: string): Promise<string | undefined> => {
    const before = server.peers.length;
    world.use(await through(gateway.port, { host, port: server.port }));
    return (await server.accepted(before)).socket.remoteAddress;
  };
  for (let turn = 0; turn < 3; turn += 1) {
    assert.equal(await from('one.test'), '127.0.0.6');
    assert.equal(await from('two.test'), '127.0.0.5');
  }
  // Its own rule leaves it `a`, the one for its address `b`: there is no line for it.
  assert.equal(await reply(world, gateway, 'three.test', server.port), 2);
  // A proxy that gets the name resolves it elsewhere, and is asked.
  assert.deepEqual([...new Set(proxy.asked)], ['one.test']);
});

inBothEngines(
  'what a rule keeps from one line, and another line fails to reach, failed because of that line',
  async (world) => {
    const proxy = world.use(await TrickProxy.listen({ rep: 1 }));
    const gateway = await world.gateway({
      upstream: { type: 'multipath', list: [direct('a', '127.0.0.5'), { ...proxy.line, name: 'p' }] },
      hosts: { 'one.test': '127.0.0.2' },
      rules: [{ cidr: '127.0.0.0/30', use: ['p'] }],
    });
    assert.equal(await reply(world, gateway, 'one.test', 80), 1);
    assert.deepEqual([...proxy.asked], ['one.test']);
  },
);

inBothEngines('a remembered address is not dialled once a rule is for it', async (world) => {
  const server = world.use(await PeerServer.listen('127.0.0.2'));
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-egress-'));
  world.use({ close: () => rmSync(directory, { recursive: true }) });
  const path = join(directory, 'ranges.txt');
  writeFileSync(path, '');
  const gateway = await world.gateway({
    hosts: { 'a.test': ['127.0.0.2', '127.0.0.4'] },
    rules: [{ cidr_file: path, block: true }],
    workers: 1,
  });
  for (let turn = 0; turn < 2; turn += 1) assert.equal(await reply(world, gateway, 'a.test', server.port), 0);
  writeFileSync(`${path}.new`, '127.0.0.2\n');
  renameSync(`${path}.new`, path);
  const inForce = () => gateway.records.filter(({ msg }) => msg === 'rules are in force').length;
  await until('the list is read again', () => inForce() === 2);
  assert.equal(await reply(world, gateway, 'a.test', server.port), 5);
  assert.equal(server.peers.length, 2);
});
