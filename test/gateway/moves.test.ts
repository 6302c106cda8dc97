// A name whose address changes, or that vanishes, is followed although the remembered address still works.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlackHole } from '../helpers/black-hole.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { follows, movable, NEW, OLD, stays } from '../helpers/movable-site.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { TestServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';

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

for (const dies of ['refuses', 'is silent'] as const) {
  inBothEngines(`an address that ${dies} long before its answer ends is left at once`, async (world) => {
    const { zones, config, visit, old } = await movable(world);
    zones['site.test'] = { ...OLD, ttl_s: 3600 };
    const gateway = await world.gateway(config);
    // An answer that has just come would not be asked for anew.
    await stays(() => visit(gateway.port), 'old', 200);
    zones['site.test'] = { ...NEW, ttl_s: 3600 };
    await old.close();
    if (dies === 'is silent') world.use(BlackHole.open(old.port, '127.0.0.2'));
    for (let visits = 0; visits < 3; visits += 1) assert.equal(await visit(gateway.port), 'new');
  });
}

inBothEngines('a captive portal that is gone leaves nothing behind', async (world) => {
  const { zones, dns, config, visit, old } = await movable(world);
  // It has its address for one name and denies the other, both for an hour.
  zones['site.test'] = { ...OLD, ttl_s: 3600 };
  const { port } = await world.gateway(config);
  dns.negative_ttl_s = 3600;
  await stays(() => visit(port), 'old', 200);
  assert.equal(await visit(port, 'mail.test'), 'REP 4');
  await stays(() => visit(port), 'old', 200);
  await old.close();
  for (const name of ['site.test', 'mail.test']) zones[name] = NEW;
  assert.deepEqual([await visit(port), await visit(port, 'mail.test')], ['new', 'new']);
});

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

inBothEngines('a proxy that moves while its old address is dead is reached with the next connection', async (world) => {
  const { zones, dns } = await movable(world);
  const old = world.use(await TrickProxy.listen('works', 0, 'socks5', '127.0.0.2'));
  const site = world.use(await TestServer.listen((socket) => socket.end('site')));
  zones['proxy.test'] = { ...OLD, ttl_s: 3600 };
  const { port } = await world.gateway({
    ...{ nameservers: `127.0.0.1:${dns.port}`, dns: { ipv6: 'off' }, workers: 1 },
    upstream: { type: 'socks5', host: 'proxy.test', port: old.port },
  });
  const visit = async (): Promise<string> => {
    const { peer, reply } = await dial(port, { host: '127.0.0.1', port: site.port });
    const said = reply.rep === 0 ? (await peer.read(4)).toString() : `REP ${reply.rep}`;
    peer.close();
    return said;
  };
  await stays(visit, 'site', 200);
  zones['proxy.test'] = { ...NEW, ttl_s: 3600 };
  await old.close();
  world.use(await TrickProxy.listen('works', old.port, 'socks5', '127.0.0.3'));
  for (let visits = 0; visits < 3; visits += 1) assert.equal(await visit(), 'site');
});

inBothEngines('a kept address is used although its name has moved, until it fails', async (world) => {
  const { zones, config, visit, old } = await movable(world);
  const gateway = await world.gateway({ ...config, rules: [{ sticky: 'client' }] });
  await stays(() => visit(gateway.port), 'old', 100);
  zones['site.test'] = NEW;
  // Its answer is over twice meanwhile, and others go to the new address.
  await stays(() => visit(gateway.port), 'old', 2500);
  await old.close();
  for (let visits = 0; visits < 3; visits += 1) assert.equal(await visit(gateway.port), 'new');
});
