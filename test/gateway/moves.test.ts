// A name whose address changes, or that vanishes, is followed although the remembered address still works.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DnsServer, type Host } from '../helpers/dns-server.js';
import { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { TestServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';

/** The time that an answer holds (of a hosts file 5 s), and a second for the look, with much room for a busy machine. */
const FOLLOWED_MS = 12_000;
const TTL_S = 1;
const OLD = { A: ['127.0.0.2'], ttl_s: TTL_S };
const NEW = { A: ['127.0.0.3'], ttl_s: TTL_S };

/** Two servers on one port, which say who they are, and a name for them. */
async function movable(world: World) {
  const serve = (banner: string, host: string, port = 0) =>
    TestServer.listen((socket) => socket.end(banner), host, port);
  const { port } = world.use(await serve('old', '127.0.0.2'));
  world.use(await serve('new', '127.0.0.3', port));
  const zones: Record<string, Host> = { 'site.test': OLD };
  const dns = world.use(await DnsServer.start(zones, { negative_ttl_s: TTL_S }));
  const config = { nameservers: `127.0.0.1:${dns.port}`, dns: { ipv6: 'off' }, workers: 1 };
  const visit = async (gateway: number): Promise<string> => {
    const { peer, reply } = await dial(gateway, { host: 'site.test', port });
    const said = reply.rep === 0 ? (await peer.read(3)).toString() : `REP ${reply.rep}`;
    peer.close();
    return said;
  };
  return { zones, dns, config, visit };
}

const UNSHARE = ['unshare', '--map-root-user', '--mount'];
const noNamespace =
  spawnSync(UNSHARE[0], [...UNSHARE.slice(1), 'true']).status === 0 ? undefined : 'no mount namespace can be made here';

/** A command whose /etc/hosts is this file. */
const withHosts = (file: string): string[] => [
  ...UNSHARE,
  'sh',
  '-c',
  'mount --bind "$0" /etc/hosts && exec "$@"',
  file,
];

/** One visit after the other, until one comes to something else; then it stays so. */
async function follows(visit: () => Promise<string>, wanted: string): Promise<void> {
  const until = performance.now() + FOLLOWED_MS;
  for (let said = await visit(); said !== wanted; said = await visit())
    assert.ok(performance.now() < until, `still ${said}`);
  for (let again = 0; again < 20; again += 1) assert.equal(await visit(), wanted);
}

for (const ttl_s of [3, 600]) {
  inBothEngines(`a change of DNS is followed under steady connections, cache.ttl_s ${ttl_s}`, async (world) => {
    const { zones, config, visit } = await movable(world);
    const gateway = await world.gateway({ ...config, cache: { ttl_s } });
    for (let visits = 0; visits < 10; visits += 1) assert.equal(await visit(gateway.port), 'old');
    zones['site.test'] = NEW;
    await follows(() => visit(gateway.port), 'new');
  });
}

inBothEngines('a change of DNS is followed where AAAA is never answered', async (world) => {
  const { zones, dns, config, visit } = await movable(world);
  dns.trick = ({ type }) => (type === 'AAAA' ? 'drop' : undefined);
  const gateway = await world.gateway({ ...config, dns: { ipv6: 'on', try_timeout_ms: 300, timeout_ms: 300 } });
  for (let visits = 0; visits < 3; visits += 1) assert.equal(await visit(gateway.port), 'old');
  zones['site.test'] = NEW;
  await follows(() => visit(gateway.port), 'new');
});

inBothEngines('a name that has become NXDOMAIN is not dialled, and one that is back is', async (world) => {
  const { zones, config, visit } = await movable(world);
  const gateway = await world.gateway(config);
  for (let visits = 0; visits < 3; visits += 1) assert.equal(await visit(gateway.port), 'old');
  delete zones['site.test'];
  await follows(() => visit(gateway.port), 'REP 4');
  zones['site.test'] = OLD;
  await follows(() => visit(gateway.port), 'old');
});

inBothEngines(
  'a change of /etc/hosts is followed under steady connections',
  async (world) => {
    const { zones, config, visit } = await movable(world);
    delete zones['site.test'];
    const directory = mkdtempSync(join(tmpdir(), 'tcproute-moves-'));
    world.use({ close: () => rmSync(directory, { recursive: true }) });
    const hosts = join(directory, 'hosts');
    writeFileSync(hosts, '127.0.0.2 site.test\n');
    const gateway = world.own(
      await Gateway.start({ race: {}, ...config }, world.engine, [], undefined, withHosts(hosts)),
    );
    for (let visits = 0; visits < 3; visits += 1) assert.equal(await visit(gateway.port), 'old');
    writeFileSync(hosts, '127.0.0.3 site.test # has moved\n');
    await follows(() => visit(gateway.port), 'new');
    writeFileSync(hosts, '');
    await follows(() => visit(gateway.port), 'REP 4');
  },
  60_000,
  noNamespace,
);

inBothEngines(
  'a name that is put into /etc/hosts is followed although its DNS answer holds for an hour',
  async (world) => {
    const { zones, config, visit } = await movable(world);
    zones['site.test'] = { ...OLD, ttl_s: 3600 };
    const directory = mkdtempSync(join(tmpdir(), 'tcproute-moves-'));
    world.use({ close: () => rmSync(directory, { recursive: true }) });
    const hosts = join(directory, 'hosts');
    writeFileSync(hosts, '127.0.0.1 localhost\n');
    const gateway = world.own(
      await Gateway.start({ race: {}, ...config }, world.engine, [], undefined, withHosts(hosts)),
    );
    for (let visits = 0; visits < 3; visits += 1) assert.equal(await visit(gateway.port), 'old');
    writeFileSync(hosts, '127.0.0.1 localhost\n127.0.0.3 site.test\n');
    await follows(() => visit(gateway.port), 'new');
  },
  60_000,
  noNamespace,
);

inBothEngines('a change while the gateway was down is followed', async (world) => {
  const { zones, config, visit } = await movable(world);
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-moves-'));
  world.use({ close: () => rmSync(directory, { recursive: true }) });
  const cache = { state_file: join(directory, 'routes') };
  const before = await world.gateway({ ...config, cache });
  for (let visits = 0; visits < 3; visits += 1) assert.equal(await visit(before.port), 'old');
  await before.stop();
  zones['site.test'] = NEW;
  const { port } = await world.gateway({ ...config, cache });
  // What is remembered leads once more: a known name costs no wait.
  assert.equal(await visit(port), 'old');
  await follows(() => visit(port), 'new');
});

inBothEngines('a known name is asked for once while its answer holds, and nobody waits for it', async (world) => {
  const { zones, dns, config, visit } = await movable(world);
  zones['site.test'] = { ...OLD, ttl_s: 3600 };
  const { port } = await world.gateway(config);
  for (let visits = 0; visits < 300; visits += 1) assert.equal(await visit(port), 'old');
  assert.equal(dns.count(), 1);
});
