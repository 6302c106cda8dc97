// The report that SIGUSR2 asks for: what an operator sees of connections, servers and bad addresses in the log.
import assert from 'node:assert/strict';
import { DnsServer } from '../helpers/dns-server.js';
import { Gateway } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { PeerServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

const FORGED = '127.0.0.66';

inBothEngines('SIGUSR2 has counters, servers and bad addresses with their evidence logged', async (world) => {
  const servers = [world.use(await PeerServer.listen()), world.use(await PeerServer.listen())];
  const dns = world.use(
    await DnsServer.start(
      { 'good.test': { A: ['127.0.0.1'] }, 'forged.test': { A: ['127.0.0.1'] } },
      { trick: ({ name }) => (/^forged/i.test(name) ? { inject: [FORGED] } : undefined) },
    ),
  );
  const gateway = await world.gateway({ nameservers: `127.0.0.1:${dns.port}`, dns: { ipv6: 'off' }, workers: 1 });
  for (const host of ['good.test', 'forged.test']) {
    for (const { port } of servers) (await dial(gateway.port, { host, port })).peer.close();
  }
  // The true answer comes right behind the forged one.
  const bad = () => gateway.records.find(({ msg }) => msg === 'report: bad address');
  const reported = () => gateway.records.filter(({ msg }) => msg === 'report: DNS').length;
  for (let asked = 1; bad() === undefined; asked += 1) {
    gateway.child.kill('SIGUSR2');
    await until('there is one more report', () => reported() >= asked);
  }
  const { address, everywhere, names, evidence } = bad() as Record<string, unknown>;
  assert.deepEqual([address, everywhere, names], [FORGED, false, ['forged.test']]);
  const [{ how, by, name, expires, since }] = evidence as [Record<string, string>];
  assert.deepEqual([how, by, name], ['injection', dns.at.id, 'forged.test']);
  assert.ok(Date.parse(expires as string) > Date.parse(since as string));

  const last = (message: string) => gateway.records.findLast(({ msg }) => msg === message) as Record<string, unknown>;
  const connections = last('report: connections');
  // The second lookup of good.test was answered by the actor's own copy.
  assert.ok((connections['names'] as number) === 4 && (connections['namesKnown'] as number) >= 1);
  const server = last('report: DNS server');
  const counts = server['counts'] as Record<string, number>;
  assert.equal(server['id'], dns.at.id);
  assert.ok((server['latency_ms'] as number) > 0);
  assert.ok((counts['queries'] as number) >= 2 && (counts['contradicted'] as number) >= 1);
  const { lookups, tables } = last('report: DNS') as Record<string, Record<string, unknown>>;
  assert.ok((lookups?.['misses'] as number) >= 2);
  assert.deepEqual(tables?.['bad_addresses'], { size: 1, max: 4096 });
});

inBothEngines('a report that is asked for while the gateway starts does not end it', async (world) => {
  const gateway = world.own(Gateway.spawn({ port: 0, workers: 2 }, world.engine));
  await gateway.logged('engine chosen');
  gateway.child.kill('SIGUSR2');
  await gateway.listens();
  gateway.child.kill('SIGUSR2');
  await gateway.logged('report: connections');
});
