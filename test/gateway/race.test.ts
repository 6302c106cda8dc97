// Several lines, some of them bad in every way that a proxy can be: the good one wins, and when none is good the client
// is told why, in time.
import assert from 'node:assert/strict';
import { deferred } from '../helpers/dns-server.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { keptProxies, namesOf } from '../helpers/kept-proxies.js';
import { type Trick, TrickProxy } from '../helpers/proxies-trick.js';
import { PeerServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

/** Nobody listens there. */
const DEAD = { type: 'socks5', host: '127.0.0.1', port: 9, name: 'dead' };
const UNREACHABLE = { type: 'socks5', host: '127.0.0.1', port: 7, name: 'unreachable' };
/** One for each trick but success. */
const BAD: readonly Trick[] = ['silent', 'unwilling', 'http', 'hangs-up', { rep: 1 }, { rep: 5 }, { rep: 99 }];

const proxies = keptProxies(5 + BAD.length);

/** The gateway that most scenarios share. Each has its own lines, by a name that only these lines lead to. */
async function shared(world: World) {
  const all = await proxies(world.engine);
  const [slow, good, late, refuses, breaks, ...bad] = all;
  const config = {
    upstream: { type: 'multipath', list: [DEAD, UNREACHABLE, ...all.map(({ line }) => line)] },
    rules: [
      { domain: 'somewhere.test', use: ['dead', ...namesOf([slow, good])] },
      { domain: 'bad.test', use: namesOf([...bad, late]) },
      { domain: 'unreachable.test', use: ['unreachable'] },
      { domain: 'several.test', use: namesOf([breaks, refuses]) },
    ],
    log_level: 'debug',
  };
  const gateway: Gateway = await world.shared(config);
  return { gateway, slow, good, late, refuses, breaks, bad };
}

inBothEngines('one line dead, one slow, one good: the good one wins and the others are let go', async (world) => {
  const server = world.use(await PeerServer.listen());
  const { gateway, slow, good } = await shared(world);
  slow.trick = { after: deferred().promise };
  const client = world.use(await through(gateway.port, { host: 'somewhere.test', port: server.port }));
  client.send('via the good one');
  assert.equal((await (await server.accepted()).read(16)).toString(), 'via the good one');
  assert.deepEqual(good.asked, ['somewhere.test']);
  await until('the slow line was let go', () => slow.open === 0);
  assert.equal(slow.count, 1);
});

inBothEngines('every bad proxy loses against one that takes its time', async (world) => {
  const server = world.use(await PeerServer.listen());
  const { gateway, bad, late } = await shared(world);
  for (const [index, trick] of BAD.entries()) bad[index].trick = trick;
  const { promise, resolve } = deferred();
  late.trick = { after: promise };
  const connected = through(gateway.port, { host: 'bad.test', port: server.port });
  await until('all were tried, and all but two are over', () => {
    const left = bad.filter(({ open }) => open > 0);
    return late.asked.length === 1 && bad.every(({ count }) => count === 1) && left.length === 1;
  });
  resolve();
  const client = world.use(await connected);
  client.send('late');
  assert.equal((await (await server.accepted()).read(4)).toString(), 'late');
});

/** What a line alone comes to: the reply, and the cause and its detail in the log. */
const ALONE: readonly (readonly [string, Trick, number, string, string | undefined])[] = [
  ['keeps silent', 'silent', 1, 'proxy-unreachable', 'timed-out'],
  ['accepts no method', 'unwilling', 1, 'proxy-authentication', undefined],
  ['speaks HTTP', 'http', 1, 'proxy-protocol', undefined],
  ['hangs up', 'hangs-up', 1, 'unexplained', 'it hung up'],
  ['says general failure', { rep: 1 }, 1, 'unexplained', 'REP 1'],
  ['says not allowed', { rep: 2 }, 2, 'proxy-forbids', 'REP 2'],
  ['says network unreachable', { rep: 3 }, 3, 'network-unreachable', 'REP 3'],
  ['says host unreachable', { rep: 4 }, 4, 'host-unreachable', 'REP 4'],
  ['says refused', { rep: 5 }, 5, 'refused', 'REP 5'],
  ['says TTL expired', { rep: 6 }, 4, 'timed-out', 'REP 6'],
  ['says that it cannot CONNECT', { rep: 7 }, 1, 'proxy-protocol', 'REP 7'],
  ['says that it does not know the address type', { rep: 8 }, 8, 'proxy-address-type', 'REP 8'],
  ['says what RFC 1928 leaves open', { rep: 240 }, 1, 'unexplained', 'REP 240'],
];

inBothEngines('a line whose proxy fails gives the client the reply of its cause', async (world) => {
  const proxy = world.use(await TrickProxy.listen('silent'));
  const gateway = await world.gateway({ upstream: proxy.line, race: { connect_timeout_ms: 400 }, log_level: 'debug' });
  for (const [index, [what, trick, rep, cause, detail]] of ALONE.entries()) {
    proxy.trick = trick;
    const destination = { host: '127.0.0.1', port: 1000 + index };
    const { peer, reply } = await dial(gateway.port, destination);
    peer.close();
    assert.deepEqual([what, reply.rep], [what, rep]);
    const told = await gateway.connection(destination);
    assert.deepEqual([what, told.cause, told['detail']], [what, cause, detail]);
  }
  assert.deepEqual(
    gateway.records.filter(({ level }) => level === 'error'),
    [],
  );
});

inBothEngines('a proxy that cannot be reached is no destination that refuses', async (world) => {
  const { gateway } = await shared(world);
  const destination = { host: 'unreachable.test', port: 9 };
  const { peer, reply } = await dial(gateway.port, destination);
  peer.close();
  const { cause, detail } = await gateway.connection(destination);
  assert.deepEqual([reply.rep, cause, detail], [1, 'proxy-unreachable', 'ECONNREFUSED']);
});

inBothEngines('of several causes the most telling one is told', async (world) => {
  const { gateway, refuses, breaks } = await shared(world);
  refuses.trick = { rep: 5 };
  breaks.trick = 'http';
  const { peer, reply } = await dial(gateway.port, { host: 'several.test', port: 9 });
  world.use(peer);
  assert.equal(reply.rep, 5);
});
