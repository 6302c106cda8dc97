// Where clients may go: the egress policy of a gateway that is open to other machines, and of one that is not. Whatever is
// denied gets REP 02 and reaches nobody.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answered, Asked } from '../helpers/asking-namespace.js';
import { DnsServer } from '../helpers/dns-server.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { Namespace, withoutNamespaces } from '../helpers/namespace.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { PeerServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';

const SCRIPT = new URL('../helpers/asking-namespace.js', import.meta.url);

async function reply(world: World, { port: gateway }: Gateway, host: string, port: number): Promise<number> {
  const { peer, reply } = await dial(gateway, { host, port });
  world.use(peer);
  if (reply.rep !== 0) peer.end();
  return reply.rep;
}

/** For a name server that is not there. */
const BRIEF = { timeout_ms: 500, try_timeout_ms: 300 };
/** Four addresses that the machine of the last test has, and two that it has not. */
const ALL = ['198.51.100.1', '10.9.1.2', '2001:db8:8::1', '2001:db8:9::5', '203.0.113.1', '2001:db8:77::1'];

/** Open to other machines, of which none comes here. */
const OPEN = { host: '0.0.0.0', allow_clients: '127.0.0.0/8' };

inBothEngines('a gateway that is open to others lets nobody reach what only this machine may', async (world) => {
  const server = world.use(await PeerServer.listen('::'));
  const { port } = server;
  const dns = world.use(
    await DnsServer.start({
      'rebinding.test': { A: ['127.0.0.1'], AAAA: ['::1'] },
      'metadata.test': { A: ['169.254.169.254'] },
      'half.test': { A: ['127.0.0.1', '127.0.0.2'] },
    }),
  );
  const gateway = await world.gateway({
    ...{ ...OPEN, nameservers: `127.0.0.1:${dns.port}`, dns: { ipv6: 'on' }, log_level: 'debug' },
    hosts: { 'hosts.test': '127.0.0.1', 'embedded.test': '64:ff9b::7f00:1' },
    egress: { allow: ['127.0.0.2'] },
  });
  const literals = ['127.0.0.1', '127.9.9.9', '::1', '[::1]', '::ffff:7f00:1', '::7f00:1', '2002:7f00:1::'];
  const others = ['169.254.169.254', '64:ff9b::a9fe:a9fe', 'fd00:ec2::254', '224.0.0.1', '255.255.255.255', 'ff02::1'];
  const names = ['localhost', 'a.localhost', 'rebinding.test', 'metadata.test', 'hosts.test', 'embedded.test'];
  for (const host of [...literals, ...others, '0.0.0.0', '::', ...names])
    assert.equal(await reply(world, gateway, host, port), 2, host);
  assert.equal(server.peers.length, 0);
  const { cause, detail, attempts } = await gateway.connection({ host: 'metadata.test', port });
  assert.deepEqual([cause, attempts], ['egress-denied', []]);
  assert.equal(detail, 'by default: metadata 169.254.169.254');
  // What is allowed is reached, also where a name has denied addresses beside it.
  assert.equal(await reply(world, gateway, '127.0.0.2', port), 0);
  (await through(gateway.port, { host: 'half.test', port })).reset();
  assert.deepEqual((await gateway.connection({ host: 'half.test', port }))['address'], '127.0.0.2');
});

inBothEngines('a proxy on loopback is the operator’s choice: it gets names, but no denied literal', async (world) => {
  const proxy = world.use(await TrickProxy.listen({ rep: 5 }));
  const gateway = await world.gateway({ ...OPEN, upstream: proxy.line });
  for (const host of ['127.0.0.1', '169.254.169.254', '2002:7f00:1::', 'localhost'])
    assert.equal(await reply(world, gateway, host, 9), 2, host);
  assert.deepEqual(proxy.asked, []);
  assert.equal(await reply(world, gateway, 'inside.test', 9), 5);
  assert.deepEqual(proxy.asked, ['inside.test']);
});

inBothEngines('a name whose addresses are all denied goes through the proxy that resolves it', async (world) => {
  const server = world.use(await PeerServer.listen('127.0.0.1'));
  const proxy = world.use(await TrickProxy.listen('works'));
  const gateway = await world.gateway({
    upstream: { type: 'multipath', list: [{ type: 'direct', name: 'direct' }, proxy.line] },
    hosts: { 'a.test': '127.0.0.1' },
    egress: { deny: ['loopback'] },
  });
  assert.equal(await reply(world, gateway, 'a.test', server.port), 0);
  assert.deepEqual(proxy.asked, ['a.test']);
});

inBothEngines('on loopback alone everything is allowed but what the operator denies', async (world) => {
  const server = world.use(await PeerServer.listen('0.0.0.0'));
  const { port } = server;
  const other = world.use(await PeerServer.listen('127.0.0.1'));
  const gateway = await world.gateway({
    egress: { deny: ['127.0.0.0/30', `all:${other.port}`], allow: [`127.0.0.2:${port}`] },
    log_level: 'debug',
  });
  assert.equal(await reply(world, gateway, '127.0.0.1', port), 2);
  assert.equal(await reply(world, gateway, '127.0.0.2', port), 0);
  assert.equal(await reply(world, gateway, '127.0.0.2', other.port), 2);
  assert.equal(await reply(world, gateway, '127.0.0.4', port), 0);
  assert.equal(await reply(world, gateway, '127.0.0.4', other.port), 2);
  const { detail } = await gateway.connection({ host: '127.0.0.4', port: other.port });
  assert.equal(detail, `egress.deny: all:${other.port} 0.0.0.0/0`);
  gateway.child.kill('SIGUSR2');
  assert.equal((await gateway.logged('report: connections'))['denied'], 3);
});

inBothEngines('a remembered address is not dialled once the policy denies it', async (world) => {
  const server = world.use(await PeerServer.listen('127.0.0.2'));
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-policy-'));
  world.use({ close: () => rmSync(directory, { recursive: true }) });
  const config = {
    hosts: { 'a.test': ['127.0.0.2', '127.0.0.4'] },
    ...{ cache: { state_file: join(directory, 'routes') }, workers: 1, log_level: 'debug' },
  };
  const before = await world.gateway(config);
  for (let turn = 0; turn < 2; turn += 1) (await through(before.port, { host: 'a.test', port: server.port })).reset();
  await before.stop();
  const dialled = server.peers.length;
  const after = await world.gateway({ ...config, egress: { deny: ['127.0.0.2'] } });
  assert.equal(await reply(world, after, 'a.test', server.port), 5);
  assert.equal(server.peers.length, dialled);
});

inBothEngines(
  'the addresses of the machine are its own, however it has them',
  async (world) => {
    const namespace = world.use(await Namespace.start<Asked, Answered>(SCRIPT));
    const { answers, said } = await namespace.ask({
      setup: [
        'ip link set lo up',
        'ip address add 198.51.100.1/24 dev lo',
        'ip -6 address add 2001:db8:8::1/64 dev lo nodad',
        'ip route add local 10.9.0.0/16 dev lo',
        'ip -6 route add local 2001:db8:9::/64 dev lo',
        // As a transparent proxy has them, for packets with a mark.
        'ip route add local default dev lo table 100',
        'ip -6 route add local default dev lo table 100',
      ].join('\n'),
      engine: world.engine,
      config: {
        ...{ host: '::', allow_clients: '127.0.0.0/8', egress: { allow: ['own:9', '10.9.1.3'] } },
        ...{ nameservers: '127.0.0.1:9', dns: { ipv6: 'on', ...BRIEF, probe: { enabled: 'off' } } },
        hosts: { 'own.test': ['198.51.100.1', '2001:db8:8::1'], 'all.test': ALL },
      },
      destinations: [
        ...[
          '198.51.100.1',
          '2001:db8:8::1',
          '10.9.1.2',
          '2001:db8:9::5',
          'own.test',
          '64:ff9b::c633:6401',
          '10.9.1.3',
        ].map((host) => ({ host, port: 8 })),
        { host: '198.51.100.1', port: 9 },
        ...['203.0.113.1', '2001:db8:77::1'].map((host) => ({ host, port: 8 })),
      ],
      commands: [
        ['dns', 'all.test', '--json'],
        ['explain', 'all.test:8', '--json'],
      ],
    });
    const denied = { rep: 2, cause: 'egress-denied' };
    const refused = { rep: 5, cause: 'refused' };
    const elsewhere = { rep: 3, cause: 'network-unreachable' };
    assert.deepEqual(answers.slice(0, 6), new Array(6).fill(denied));
    assert.deepEqual(answers.slice(6), [refused, refused, elsewhere, elsewhere]);
    // The commands judge as the gateway does. `dns` has an entry for each range of ports.
    for (const text of said) {
      const { denied: left } = JSON.parse(text) as { denied: { address: string; why: string }[] };
      const own = left.filter(({ why }) => why === 'by default: own').map(({ address }) => address);
      assert.deepEqual(new Set(own), new Set(ALL.slice(0, 4)));
    }
  },
  60_000,
  withoutNamespaces(),
);
