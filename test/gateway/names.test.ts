// Names as clients write them, through the whole gateway.
import assert from 'node:assert/strict';
import { inBothEngines } from '../helpers/gateway-world.js';
import { PeerServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import { SocksProxy } from '../helpers/socks-proxy.js';

inBothEngines('a proxy is asked for an absolute name as for one', async (world) => {
  const server = world.use(await PeerServer.listen());
  const proxy = world.use(await SocksProxy.start(undefined, { 'a.test.': '127.0.0.1', 'a.test': '127.0.0.1' }));
  const upstream = { type: 'socks5', host: '127.0.0.1', port: proxy.port };
  const gateway = await world.gateway({ upstream });
  for (const host of ['A.test.', 'A.test', 'a.test.']) {
    const client = world.use(await through(gateway.port, { host, port: server.port }));
    client.end();
    (await server.accepted()).end();
    assert.equal(await client.ended(), 'eof');
  }
  assert.deepEqual(
    proxy.passed.map(({ host }) => host),
    ['a.test.', 'a.test', 'a.test.'],
  );
});
