// Where connections come from: `source_ip` and `source_port` of a direct line, as the destination sees them.
import assert from 'node:assert/strict';
import { inBothEngines } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer, PeerServer, TestServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

const direct = (source: object) => ({ type: 'direct', ...source });

inBothEngines('source_ip is where the connection comes from', async (world) => {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.gateway({ upstream: direct({ source_ip: '127.0.0.2' }) });
  const { peer, reply } = await dial(gateway.port, server);
  world.use(peer);
  const { socket } = await server.accepted();
  assert.equal(socket.remoteAddress, '127.0.0.2');
  assert.deepEqual([reply.host, reply.port], ['127.0.0.2', socket.remotePort]);
});

inBothEngines('a socks5 line goes to its proxy from the source of its direct line', async (world) => {
  const server = world.use(await PeerServer.listen());
  const proxy = world.use(await TrickProxy.listen('works'));
  const upstream = { ...proxy.line, upstream: direct({ source_ip: '127.0.0.3' }) };
  const gateway = await world.gateway({ upstream });
  world.use(await through(gateway.port, server));
  assert.deepEqual(proxy.sources, ['127.0.0.3']);
});

inBothEngines('two sources are two lines, and both are tried', async (world) => {
  const server = world.use(await PeerServer.listen());
  const list = [direct({ source_ip: '127.0.0.2' }), direct({ source_ip: '127.0.0.3' })];
  const gateway = await world.gateway({ upstream: { type: 'multipath', list } });
  const client = world.use(await through(gateway.port, server));
  client.send('x');
  await until('one has the byte', () => server.peers.some(({ waiting }) => waiting === 1));
  const [loser] = server.peers.filter(({ waiting }) => waiting === 0);
  if (loser !== undefined) assert.equal(await loser.ended(), 'ECONNRESET');
});

inBothEngines(
  'source_port is where the connection comes from, and 0.0.0.0 leaves both families to the kernel',
  async (world) => {
    const source_port = await freePort();
    const gateway = await world.gateway({ upstream: direct({ source_ip: '0.0.0.0', source_port }) });
    for (const host of ['127.0.0.1', '::1']) {
      const server = world.use(await PeerServer.listen(host));
      world.use(await through(gateway.port, server));
      assert.equal((await server.accepted()).socket.remotePort, source_port);
    }
  },
);

inBothEngines('a source_port in use gets REP 01 and a cause of its own', async (world) => {
  const server = world.use(await echoServer());
  const source_port = await freePort();
  const gateway = await world.gateway({ upstream: direct({ source_port }), log_level: 'debug' });
  // By a connection to the same destination.
  const first = world.use(await through(gateway.port, server));
  const second = await dial(gateway.port, server);
  assert.equal(second.reply.rep, 1);
  second.peer.close();
  assert.equal((await gateway.firstConnection()).cause, 'source-in-use');
  first.close();
  await gateway.idle();
  // By somebody who listens there.
  const squatter = await TestServer.listen(() => {}, '0.0.0.0', source_port);
  world.use(squatter);
  const third = await dial(gateway.port, { host: '127.0.0.1', port: 9 });
  assert.equal(third.reply.rep, 1);
  third.peer.close();
  assert.equal((await gateway.connection({ host: '127.0.0.1', port: 9 })).cause, 'source-in-use');
});

inBothEngines('a source_ip that this machine does not have gets REP 01 and a cause of its own', async (world) => {
  const gateway = await world.gateway({ upstream: direct({ source_ip: '198.51.100.1' }), log_level: 'debug' });
  const { peer, reply } = await dial(gateway.port, { host: '127.0.0.1', port: 9 });
  world.use(peer);
  assert.equal(reply.rep, 1);
  peer.close();
  assert.equal((await gateway.firstConnection()).cause, 'source-unavailable');
});
