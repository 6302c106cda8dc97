// Where connections come from: `source_ip` and `source_port` of a direct line, as the destination sees them.
import assert from 'node:assert/strict';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { keptProxies } from '../helpers/kept-proxies.js';
import { freePort } from '../helpers/proxies.js';
import { echoServer, PeerServer, TestServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

const direct = (source: object) => ({ type: 'direct', ...source });

/** Each of these addresses is a destination that only its lines lead to. */
const FROM_SECOND = '127.0.2.1';
const BY_PROXY = '127.0.2.2';
const FROM_BOTH = '127.0.2.3';
const FROM_MISSING = '127.0.2.4';

const proxies = keptProxies(1);

/** A gateway with a line for each source address; a line with a source port is a test's own. */
async function shared(world: World) {
  const [proxy] = await proxies(world.engine);
  const list = [
    direct({ source_ip: '127.0.0.2', name: 'second' }),
    direct({ source_ip: '127.0.0.3', name: 'third' }),
    direct({ source_ip: '198.51.100.1', name: 'missing' }),
    { ...proxy.line, name: 'proxy', upstream: direct({ source_ip: '127.0.0.3' }) },
  ];
  const rules = [
    { cidr: FROM_SECOND, use: ['second'] },
    { cidr: BY_PROXY, use: ['proxy'] },
    { cidr: FROM_BOTH, use: ['second', 'third'] },
    { cidr: FROM_MISSING, use: ['missing'] },
  ];
  const gateway = await world.shared({ upstream: { type: 'multipath', list }, rules, log_level: 'debug' });
  return { gateway, proxy };
}

inBothEngines('source_ip is where the connection comes from', async (world) => {
  const server = world.use(await PeerServer.listen(FROM_SECOND));
  const { gateway } = await shared(world);
  const { peer, reply } = await dial(gateway.port, server);
  world.use(peer);
  const { socket } = await server.accepted();
  assert.equal(socket.remoteAddress, '127.0.0.2');
  assert.deepEqual([reply.host, reply.port], ['127.0.0.2', socket.remotePort]);
});

inBothEngines('a socks5 line goes to its proxy from the source of its direct line', async (world) => {
  const server = world.use(await PeerServer.listen(BY_PROXY));
  const { gateway, proxy } = await shared(world);
  world.use(await through(gateway.port, server));
  assert.deepEqual(proxy.sources, ['127.0.0.3']);
});

inBothEngines('two sources are two lines, and both are tried', async (world) => {
  const server = world.use(await PeerServer.listen(FROM_BOTH));
  const { gateway } = await shared(world);
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
  const { gateway } = await shared(world);
  const destination = { host: FROM_MISSING, port: 9 };
  const { peer, reply } = await dial(gateway.port, destination);
  world.use(peer);
  assert.equal(reply.rep, 1);
  peer.close();
  assert.equal((await gateway.connection(destination)).cause, 'source-unavailable');
});
