// The node of a cluster that has the keys of the site, and the master that sentinels name, over real ones: also after a failover.
import assert from 'node:assert/strict';
import type { EnginePlace } from '../../../../src/protocol/share-options.js';
import { at, type EngineWorld, engineTest, isDown, isUp, replies } from '../../../helpers/engine-world.js';
import type { Redis } from '../../../helpers/redis.js';
import { eventually, until } from '../../../helpers/until.js';

const KEY = 'tr1:{main}:x';
const SLOTS = 16_384;

const idOf = (node: Redis): Promise<string> => node.ask('CLUSTER', 'MYID');

/** Three nodes that know each other: two have half of the slots each, the third is the replica of the one that has the key. */
async function joined(nodes: readonly Redis[]): Promise<{ slot: string; owner: Redis; other: Redis; replica: Redis }> {
  const [first, second, replica] = nodes;
  assert.ok(first !== undefined && second !== undefined && replica !== undefined);
  const half = SLOTS / 2;
  for (const [index, node] of [first, second].entries()) {
    await node.ask('CLUSTER', 'ADDSLOTSRANGE', String(index * half), String((index + 1) * half - 1));
    await node.ask('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
  }
  for (const { port, busPort } of [second, replica])
    await first.ask('CLUSTER', 'MEET', '127.0.0.1', String(port), String(busPort));
  for (const node of nodes) {
    await eventually('the cluster serves', async () => {
      const info = await node.ask('CLUSTER', 'INFO');
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
    });
  }
  const slot = await first.ask('CLUSTER', 'KEYSLOT', KEY);
  const [owner, other] = Number(slot) < half ? [first, second] : [second, first];
  await replica.ask('CLUSTER', 'REPLICATE', await idOf(owner));
  return { slot, owner, other, replica };
}

engineTest(
  'in a cluster, the node that has the keys serves, also after a failover and when they move',
  async (world) => {
    const nodes = await Promise.all([1, 2, 3].map(() => world.redis({ kind: 'cluster' })));
    const alone = world.engine([at(nodes[0]?.port ?? 0)]);
    await until('one node is not used as if it were alone', () => alone.status.fault === 'other');
    assert.match(alone.status.detail ?? '', /share\.kind does not fit.*"cluster"/);
    const early = world.engine([at(nodes[0]?.port ?? 0)], { kind: 'cluster' });
    await until('a cluster without slots is not used', () => early.status.fault === 'cluster-down');

    const { slot, owner, other, replica } = await joined(nodes);
    await isUp(early);
    // The replica names its master.
    const engine = await world.up([at(replica.port), at(other.port)], { kind: 'cluster' });
    for (const one of [early, engine]) assert.equal(one.status.place, `127.0.0.1:${owner.port}`);
    assert.deepEqual(await replies(engine, ['SET', KEY, '1'], ['GET', KEY]), ['OK', Buffer.from('1')]);

    await eventually('the replica has it', async () => (await replica.ask('DBSIZE')) === '1');
    await owner.kill();
    await isDown(engine);
    await replica.ask('CLUSTER', 'FAILOVER', 'TAKEOVER');
    await isUp(engine);
    assert.equal(engine.status.place, `127.0.0.1:${replica.port}`);

    // While keys move, those that are still there are served, others are refused, and the connection stays.
    const [from, to] = [await idOf(replica), await idOf(other)];
    await other.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from);
    await replica.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to);
    const { connects } = engine.counts;
    const [there, missing] = await replies(engine, ['GET', KEY], ['GET', `${KEY}y`]);
    assert.deepEqual([there, /^\{"error":"ASK /.test(JSON.stringify(missing))], [Buffer.from('1'), true]);
    assert.deepEqual([engine.isUp, engine.counts.connects], [true, connects]);

    await replica.ask('MIGRATE', '127.0.0.1', String(other.port), KEY, '0', '5000');
    await other.ask('CLUSTER', 'SETSLOT', slot, 'NODE', to);
    await replica.ask('CLUSTER', 'SETSLOT', slot, 'NODE', to);
    assert.equal(await engine.ask([['GET', KEY]], 1000), undefined);
    await isUp(engine);
    assert.equal(engine.status.place, `127.0.0.1:${other.port}`);
    assert.deepEqual(await replies(engine, ['GET', KEY]), [Buffer.from('1')]);
  },
);

engineTest('nodes that point at each other lead nowhere, and are left soon', async (world) => {
  const redis = await world.redis();
  const ports: number[] = [];
  /** Says that it is of a cluster, and of every key that the next one has it. */
  const pointing = (next: number) => (chunk: Buffer) => {
    const text = chunk.toString('latin1').replace('$10\r\nstandalone', '$7\r\ncluster');
    return Buffer.from(text === ':-2\r\n' ? `-MOVED 1 127.0.0.1:${ports[next]}\r\n` : text, 'latin1');
  };
  const proxies = [await world.proxy(redis.path), await world.proxy(redis.path)];
  for (const [place, proxy] of proxies.entries()) {
    ports.push(proxy.port);
    proxy.ways.rewrite = pointing(1 - place);
  }
  const engine = world.engine([at(ports[0] ?? 0)], { kind: 'cluster' });
  await until('it is said', () => engine.status.fault === 'moved');
  assert.equal(engine.isUp, false);
  const taken = proxies.reduce((sum, proxy) => sum + proxy.taken(), 0);
  assert.ok(taken >= 6 && taken <= 6 * (engine.counts.faults.moved + 1), `${taken} connections`);
});

/** A master, a replica and a sentinel that watches them. */
async function watched(world: EngineWorld, lines: readonly string[] = []) {
  const master = await world.redis({ lines: ['repl-diskless-sync-delay 0', ...lines], password: 'secret' });
  const replica = await world.redis({
    lines: [`replicaof 127.0.0.1 ${master.port}`, 'masterauth secret', ...lines],
    password: 'secret',
  });
  await eventually('it is a replica', async () =>
    (await replica.ask('INFO', 'replication')).includes('link_status:up'),
  );
  const watching = [
    `sentinel monitor site 127.0.0.1 ${master.port} 1`,
    'sentinel down-after-milliseconds site 300',
    'sentinel failover-timeout site 3000',
    ...(lines.length > 0 ? ['sentinel auth-pass site secret'] : []),
  ];
  const sentinel = await world.redis({ kind: 'sentinel', lines: watching });
  await eventually('the sentinel knows both', async () => (await sentinel.ask('SENTINEL', 'REPLICAS', 'site')) !== '');
  return { master, replica, sentinel };
}

const sentinels = (...ports: readonly number[]): readonly EnginePlace[] => ports.map((port) => at(port));

engineTest('the master that a sentinel names serves, and the next one when it dies', async (world) => {
  const { master, replica, sentinel } = await watched(world, ['requirepass secret']);
  const options = {
    ...({ kind: 'sentinel', sentinel_name: 'site' } as const),
    password_file: { path: 'pw', secret: 'secret' },
  };
  // The first sentinel is away.
  const engine = await world.up(sentinels(1, sentinel.port), options);
  assert.equal(engine.status.place, `127.0.0.1:${master.port}`);
  assert.deepEqual(await replies(engine, ['SET', KEY, '1']), ['OK']);
  await eventually('the replica has it', async () => (await replica.ask('DBSIZE')) === '1');
  await master.kill();
  await isDown(engine);
  await until('the replica is the master', () => engine.isUp, 30_000);
  assert.equal(engine.status.place, `127.0.0.1:${replica.port}`);
  assert.deepEqual(await replies(engine, ['GET', KEY], ['SET', KEY, '2']), [Buffer.from('1'), 'OK']);
});

engineTest('a name that no sentinel knows is said', async (world) => {
  const sentinel = await world.redis({ kind: 'sentinel' });
  const engine = world.engine(sentinels(sentinel.port), { kind: 'sentinel', sentinel_name: 'nobody' });
  await until('it is said', () => engine.status.fault === 'no-master');
  assert.match(engine.status.detail ?? '', /\(nobody\)/);
  const none = world.engine(sentinels(1), { kind: 'sentinel', sentinel_name: 'nobody' });
  await until('it is said', () => none.status.fault === 'unreachable');
  assert.match(none.status.detail ?? '', /^of its sentinel: it cannot be reached/);
});
