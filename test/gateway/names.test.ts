// Names as clients write them, through the whole gateway.
import assert from 'node:assert/strict';
import { inBothEngines } from '../helpers/gateway-world.js';
import type { Visits } from '../helpers/loopback-world.js';
import { Namespace, withoutNamespaces } from '../helpers/namespace.js';
import { PeerServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import { SocksProxy } from '../helpers/socks-proxy.js';

inBothEngines('a proxy is asked for an absolute name as for one', async (world) => {
  const server = world.use(await PeerServer.listen());
  const proxy = world.use(await SocksProxy.start(undefined, { 'a.test.': '127.0.0.1', 'a.test': '127.0.0.1' }));
  const upstream = { type: 'socks5', host: '127.0.0.1', port: proxy.port };
  const gateway = await world.gateway({ upstream });
  for (const [index, host] of ['A.test.', 'A.test', 'a.test.'].entries()) {
    const client = world.use(await through(gateway.port, { host, port: server.port }));
    client.end();
    (await server.accepted(index)).end();
    assert.equal(await client.ended(), 'eof');
  }
  assert.deepEqual(
    proxy.passed.map(({ host }) => host),
    ['a.test.', 'a.test', 'a.test.'],
  );
});

inBothEngines(
  'v6 addresses of hosts files are dialled where there is no route for IPv6',
  async ({ engine }) => {
    const script = new URL('../helpers/loopback-world.js', import.meta.url);
    const world = await Namespace.start<Visits, { visited: string[] }>(script);
    try {
      const { visited } = await world.ask({
        engine,
        hostsFile: '127.0.0.1 localhost\n::1 localhost own\n',
        config: { hosts: { 'table.test': ['192.0.2.1', '::1'] }, nameservers: ['192.0.2.53'] },
        names: ['localhost', 'own', 'table.test', '::1'],
      });
      assert.deepEqual(visited, ['::1', '::1', '::1', '::1']);
    } finally {
      await world.close();
    }
  },
  30_000,
  withoutNamespaces(),
);
