// An engine that is absent, slow, hanging, half-open, full, emptied, loading, too old or closed to us, over a real Redis. What asks is
// answered by nothing in its time, the operator is told once, and all is well when the engine is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../../../src/workers/share/engine/engine.js';
import { failureOfReply } from '../../../../src/workers/share/engine/faults.js';
import { at, type EngineWorld, engineTest, isDown, isUp, replies } from '../../../helpers/engine-world.js';
import { until } from '../../../helpers/until.js';

/** How often a connection is looked at where that is all a test waits for. */
const SHORT_MS = 100;

/** What was told of the engine, as a topic with whether it is good. */
const told = (world: EngineWorld): readonly string[] =>
  world.told.filter(({ good }) => good !== undefined).map(({ topic, good }) => `${topic}: ${good}`);

const faulty = (engine: Engine, fault: string): Promise<void> =>
  until(
    `the fault is ${fault}, and not ${engine.status.fault}: ${engine.status.detail}`,
    () => engine.status.fault === fault,
  );

engineTest('one that is absent is tried again and again, and served by when it comes', async (world) => {
  const redis = await world.redis();
  await redis.kill();
  const engine = world.engine([at(redis.port)]);
  await until('it was tried three times', () => engine.counts.faults.unreachable >= 3);
  assert.deepEqual([engine.isUp, await engine.ask([['PING']], 1000), engine.counts.dropped], [false, undefined, 1]);
  assert.match(engine.status.detail ?? '', /ECONNREFUSED/);
  await redis.start();
  await isUp(engine);
  assert.deepEqual([...new Set(told(world))], ['share engine: false', 'share engine: true']);
});

engineTest('one that crashes is missed at once, and found when it is back', async (world) => {
  const redis = await world.redis();
  const engine = await world.up([at(redis.port)]);
  const asked = engine.ask([['DEBUG', 'SLEEP', '5']], 60_000);
  await redis.kill();
  assert.equal(await asked, undefined);
  await isDown(engine);
  assert.equal(await engine.ask([['PING']], 1000), undefined);
  await redis.start();
  await isUp(engine);
  assert.deepEqual(await replies(engine, ['PING']), ['PONG']);
  assert.equal(engine.counts.connects, 2);
  assert.deepEqual([...new Set(told(world))], ['share engine: true', 'share engine: false']);
  assert.equal(told(world).at(-1), 'share engine: true');
});

engineTest('one that hangs answers nothing in time, is bounded, and is left for a new connection', async (world) => {
  const redis = await world.redis();
  const engine = await world.up([at(redis.port)], {}, SHORT_MS);
  redis.pause();
  assert.equal(await engine.ask([['GET', 'a']], 5), undefined);
  assert.deepEqual([engine.counts.late, engine.isUp], [1, true]);
  const many = Array.from({ length: 1000 }, () => engine.ask([['GET', 'a']], 60_000));
  assert.equal(engine.counts.dropped, 1000 - 255);
  await isDown(engine);
  assert.deepEqual(new Set(await Promise.all(many)), new Set([undefined]));
  assert.equal(engine.counts.faults.hanging, 1);
  assert.match(engine.status.detail ?? '', /does not answer/);
  // The kernel takes the next connection in its place, and no more comes of it.
  await until('it was tried again', () => engine.counts.faults.hanging >= 2);
  redis.resume();
  await isUp(engine);
  assert.deepEqual(await replies(engine, ['PING']), ['PONG']);
});

engineTest(
  'one that is slow is late and stays connected; what comes later belongs to the right question',
  async (world) => {
    const redis = await world.redis();
    const proxy = await world.proxy(redis.path);
    const engine = await world.up([at(proxy.port)]);
    await replies(engine, ['SET', 'a', '1'], ['SET', 'b', '2']);
    proxy.ways.delay_ms = 50;
    assert.equal(await engine.ask([['GET', 'a']], 5), undefined);
    assert.deepEqual(await replies(engine, ['GET', 'b']), [Buffer.from('2')]);
    const { late, connects, roundTrips, times } = engine.counts;
    assert.deepEqual([late, connects, roundTrips, times.count], [1, 1, 2, 3]);
  },
);

engineTest('a way that is half-open is noticed although nothing is asked', async (world) => {
  const redis = await world.redis();
  const proxy = await world.proxy(redis.path);
  const engine = await world.up([at(proxy.port)], {}, SHORT_MS);
  proxy.ways.isDeaf = true;
  await isDown(engine);
  assert.deepEqual([engine.counts.faults.hanging, engine.counts.faults.closed], [1, 0]);
  proxy.ways.isDeaf = false;
  await isUp(engine);
});

engineTest('a way that breaks off and takes nothing is tried again', async (world) => {
  const redis = await world.redis();
  const proxy = await world.proxy(redis.path);
  const engine = await world.up([at(proxy.port)]);
  proxy.ways.isClosed = true;
  proxy.cut();
  await until('it was tried again', () => engine.counts.faults.closed >= 2);
  proxy.ways.isClosed = false;
  await isUp(engine);
});

engineTest('one that is full still answers questions, and takes writes when it has room again', async (world) => {
  const redis = await world.redis({ lines: ['maxmemory 3mb', 'maxmemory-policy noeviction'] });
  const engine = await world.up([at(redis.port)]);
  const piece = Buffer.alloc(64 * 1024);
  let isFull = false;
  for (let at = 0; at < 100 && !isFull; at += 1) {
    const [reply] = await replies(engine, ['SET', `a${at}`, piece]);
    isFull = /OOM/.test(JSON.stringify(reply));
  }
  assert.deepEqual([isFull, engine.isUp, engine.status.fault], [true, true, 'full']);
  assert.equal((await replies(engine, ['STRLEN', 'a0']))[0], piece.length);
  assert.equal(engine.status.fault, 'full');
  await redis.ask('FLUSHALL');
  assert.deepEqual(await replies(engine, ['GET', 'a0'], ['SET', 'a0', 'b']), [null, 'OK']);
  assert.deepEqual([engine.status.fault, engine.counts.connects], [undefined, 1]);
  assert.deepEqual(told(world), ['share engine: true', 'share engine full: false', 'share engine full: true']);
});

engineTest('one that loads its data is not asked before it has', async (world) => {
  const redis = await world.redis();
  await redis.ask('DEBUG', 'POPULATE', '2000');
  await redis.ask('SAVE');
  await redis.kill();
  // 2000 keys at a hundredth of a second each.
  const loading = redis.start(['key-load-delay 10000', 'loading-process-events-interval-bytes 1024']);
  const engine = world.engine([at(redis.port)]);
  await faulty(engine, 'loading');
  await redis.ask('CONFIG', 'SET', 'key-load-delay', '0');
  await loading;
  await isUp(engine);
  assert.equal((await replies(engine, ['DBSIZE']))[0], 2000);
});

engineTest('one of an earlier version is named and not used', async (world) => {
  const redis = await world.redis();
  const older = await world.proxy(redis.path, {
    rewrite: (chunk) => Buffer.from(chunk.toString('latin1').replace(/(version\r\n\$\d+\r\n)7/, '$16'), 'latin1'),
  });
  const ancient = await world.proxy(redis.path, { rewrite: () => Buffer.from("-ERR unknown command 'HELLO'\r\n") });
  for (const { port } of [older, ancient]) {
    const engine = world.engine([at(port)]);
    await faulty(engine, 'version');
    assert.equal(engine.isUp, false);
    assert.match(engine.status.detail ?? '', /7\.0 or later is needed \((redis 6\.|ERR unknown command)/);
  }
});

engineTest('a wrong password is refused until the engine takes it', async (world) => {
  const redis = await world.redis({ lines: ['requirepass right'], password: 'right' });
  const wrong = world.engine([at(redis.port, { password: 'wrong' })]);
  const none = world.engine([at(redis.port)]);
  for (const engine of [wrong, none]) await faulty(engine, 'credentials');
  assert.doesNotMatch(JSON.stringify([wrong.status, world.told]), /wrong"|right"/);
  await redis.ask('CONFIG', 'SET', 'requirepass', 'wrong');
  await isUp(wrong);
  assert.deepEqual(await replies(wrong, ['PING']), ['PONG']);
});

engineTest('an engine that says back what it was told gets no password into a sentence', async (world) => {
  const password = `secret-${'x'.repeat(150)}`;
  const redis = await world.redis();
  // Redis itself, which cuts what it says back.
  await redis.kill();
  await redis.start([`rename-command AUTH ""`, `rename-command HELLO ""`]);
  const plain = world.engine([at(redis.port, { password: 'hunter2secret' })]);
  const long = world.engine([at(redis.port, { password })]);
  for (const engine of [plain, long])
    await until(
      'it was tried',
      () => engine.status.fault !== undefined && /unknown command/.test(engine.status.detail ?? ''),
    );
  const said = JSON.stringify([plain.status, long.status, world.told]);
  assert.match(said, /beginning with: '\*\*\*/);
  assert.doesNotMatch(said, /hunter2|secret-x/);
});

engineTest('what is no Redis is no engine', async (world) => {
  const redis = await world.redis();
  const proxy = await world.proxy(redis.path, { rewrite: () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') });
  const engine = world.engine([at(proxy.port)]);
  await until(
    'it was tried twice',
    () => engine.counts.connects === 0 && engine.counts.faults.closed + engine.counts.faults.other >= 2,
  );
  assert.equal(engine.isUp, false);
});

engineTest('a value that others have made huge is not read into memory', async (world) => {
  const redis = await world.redis();
  const engine = await world.up([at(redis.port)]);
  const MIB = 1024 * 1024;
  await replies(
    engine,
    ['SETRANGE', 'a', String(5 * MIB), 'x'],
    ['SETRANGE', 'b', String(17 * MIB), 'x'],
    ['SET', 'c', 'd'],
  );
  // One that is left out takes nothing else with it.
  assert.deepEqual(await replies(engine, ['MGET', 'a', 'c'], ['GET', 'c']), [
    [null, Buffer.from('d')],
    Buffer.from('d'),
  ]);
  const before = engine.counts.received_bytes;
  assert.equal(await engine.ask([['GET', 'b']], 10_000), undefined);
  assert.deepEqual([engine.isUp, engine.status.fault], [false, 'other']);
  assert.match(engine.status.detail ?? '', /more than it was asked for/);
  assert.ok(engine.counts.received_bytes - before < MIB);
  await isUp(engine);
});

engineTest('an answer that announces more than memory has is not begun, whatever the engine is', async (world) => {
  const redis = await world.redis();
  for (const [hostile, why] of [
    ['*33000000\r\n'.repeat(2000), /more than it was asked for/],
    ['>33000000\r\n', /no reply of Redis/],
    [`+${'a'.repeat(5000)}`, /more than it was asked for/],
    // Answers to what nobody has asked.
    ['+PONG\r\n'.repeat(20_000), /more than it was asked for|cannot be used|closed the connection/],
  ] as const) {
    const proxy = await world.proxy(redis.path);
    const engine = await world.up([at(proxy.port)]);
    proxy.ways.rewrite = () => Buffer.from(hostile);
    await engine.ask([['GET', 'a']], 10_000);
    await isDown(engine);
    assert.match(engine.status.detail ?? '', why);
    assert.equal(engine.counts.faults.other + engine.counts.faults.closed, 1);
    delete proxy.ways.rewrite;
    await isUp(engine);
  }
});

engineTest('one that turns into a replica is left, and taken again when it is the master', async (world) => {
  const [redis, other] = [await world.redis(), await world.redis()];
  const engine = await world.up([at(redis.port)]);
  await redis.ask('REPLICAOF', '127.0.0.1', String(other.port));
  assert.equal(await engine.ask([['SET', 'a', 'b']], 1000), undefined);
  assert.equal(engine.isUp, false);
  await faulty(engine, 'replica');
  await redis.ask('REPLICAOF', 'NO', 'ONE');
  await isUp(engine);
  assert.deepEqual(await replies(engine, ['SET', 'a', 'b']), ['OK']);
});

engineTest('a key of another kind is told until it is as it should be', async (world) => {
  const redis = await world.redis();
  const engine = await world.up([at(redis.port)]);
  await replies(engine, ['LPUSH', 'a', 'x']);
  await replies(engine, ['HINCRBY', 'a', 'b', '1'], ['HINCRBY', 'c', 'b', '1']);
  assert.deepEqual([engine.isUp, engine.status.fault, engine.counts.faults.other], [true, 'other', 1]);
  assert.match(engine.status.detail ?? '', /WRONGTYPE/);
  await replies(engine, ['DEL', 'a'], ['HINCRBY', 'a', 'b', '1']);
  assert.equal(engine.status.fault, undefined);
});

engineTest('an engine that is left is told of no more', async (world) => {
  const redis = await world.redis({ lines: ['maxmemory 1', 'maxmemory-policy noeviction'] });
  const engine = await world.up([at(redis.port)]);
  await replies(engine, ['SET', 'a', 'b']);
  assert.equal(engine.status.fault, 'full');
  await redis.kill();
  await isDown(engine);
  await engine.close();
  const last = new Map(world.told.map(({ topic, good }) => [topic, good]));
  last.delete(`share engine connected 127.0.0.1:${redis.port}`);
  assert.deepEqual(Object.fromEntries(last), { 'share engine': true, 'share engine full': true });
});

engineTest('closing while it connects gives that up at once', async (world) => {
  const redis = await world.redis();
  const proxy = await world.proxy(redis.path, { isDeaf: true });
  const engine = world.engine([at(proxy.port)]);
  await until('it connects', () => proxy.taken() === 1);
  await engine.close();
  assert.deepEqual([engine.isUp, engine.counts.connects], [false, 0]);
});

test('an engine that wants a password where none is configured is said in few words', () => {
  const { fault, detail } = failureOfReply('NOAUTH HELLO must be called with the client already authenticated, …');
  assert.deepEqual([fault, detail], ['credentials', 'it wants a password, and none is configured for it (NOAUTH)']);
});
