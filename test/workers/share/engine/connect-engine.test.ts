// The engine over a real Redis that serves: by TCP, a Unix socket and TLS, with users and databases.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { isError } from '../../../../src/workers/share/engine/faults.js';
import { certificateFor } from '../../../helpers/certificate.js';
import { at, engineTest, isUp, replies } from '../../../helpers/engine-world.js';
import { until } from '../../../helpers/until.js';

engineTest('one pipeline is answered in its order, with bytes as they are, and counted', async (world) => {
  const redis = await world.redis();
  const engine = world.engine([at(redis.port)]);
  let ups = 0;
  engine.onUp(() => {
    ups += 1;
  });
  assert.deepEqual(
    [engine.isUp, engine.status.fault, await engine.ask([['PING']], 1000)],
    [false, undefined, undefined],
  );
  await isUp(engine);
  const bytes = Buffer.from([0, 255, 13, 10]);
  const [set, got, none, count, list, wrong] = await replies(
    engine,
    ['SET', 'a', bytes],
    ['GET', 'a'],
    ['GET', 'b'],
    ['INCRBY', 'n', '7'],
    ['MGET', 'a', 'b'],
    ['INCR', 'a'],
  );
  assert.deepEqual([set, got, none, count, list], ['OK', bytes, null, 7, [bytes, null]]);
  assert.match(JSON.stringify(wrong), /^\{"error":"ERR value is not an integer/);
  const { counts, status } = engine;
  assert.deepEqual([counts.connects, counts.roundTrips, counts.commands, counts.dropped, counts.late], [1, 1, 6, 1, 0]);
  assert.equal(counts.times.count, 1);
  const sent =
    '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$4\r\n____\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n*2\r\n$3\r\nGET\r\n$1\r\nb\r\n';
  const more =
    '*3\r\n$6\r\nINCRBY\r\n$1\r\nn\r\n$1\r\n7\r\n*3\r\n$4\r\nMGET\r\n$1\r\na\r\n$1\r\nb\r\n*2\r\n$4\r\nINCR\r\n$1\r\na\r\n';
  assert.equal(counts.sent_bytes, sent.length + more.length);
  const come = '+OK\r\n$4\r\n____\r\n$-1\r\n:7\r\n*2\r\n$4\r\n____\r\n$-1\r\n-\r\n';
  const { error } = wrong as { readonly error: string };
  assert.equal(counts.received_bytes, come.length + error.length);
  assert.deepEqual([status.isUp, status.place, status.fault], [true, `127.0.0.1:${redis.port}`, undefined]);
  assert.match(status.server ?? '', /^(redis|valkey) [78]\./);
  assert.equal(ups, 1);
  engine.onUp(() => {
    ups += 1;
  });
  assert.equal(ups, 2);
  assert.deepEqual(await engine.ask([], 1000), []);
  await engine.close();
  assert.deepEqual([engine.isUp, await engine.ask([['PING']], 1000)], [false, undefined]);
});

const DOCUMENTATION = new URL('../../../../../docs/fleet.md', import.meta.url);
engineTest('the user of the documentation may do all that is needed, and nothing with other keys', async (world) => {
  const [, rights] = /ACL SETUSER tcproute on >PASSWORD (.+)/.exec(readFileSync(DOCUMENTATION, 'utf8')) ?? [];
  assert.ok(rights !== undefined);
  const redis = await world.redis({ lines: [`user tcproute on >pw ${rights}`] });
  const there = { username: 'tcproute', password: 'pw' };
  const engine = await world.up([at(redis.port, there)]);
  const key = 'tr1:{main}:x';
  const allowed = await replies(
    engine,
    ...[['SET', key, '1', 'PX', '1000'], ['MGET', key], ['GETRANGE', key, '0', '9'], ['PTTL', key], ['TIME']],
    ...[
      ['PEXPIRE', key, '1000'],
      ['DEL', key],
      ['SADD', `${key}s`, 'a'],
      ['SRANDMEMBER', `${key}s`, '9'],
    ],
    ...[
      ['XADD', key, 'MAXLEN', '~', '9', '*', 'a', 'b'],
      ['XRANGE', key, '-', '+'],
    ],
    ...[['PING'], ['HINCRBY', `${key}h`, 'a', '1'], ['HMGET', `${key}h`, 'a', 'b']],
  );
  assert.deepEqual(
    allowed.filter((reply) => isError(reply)),
    [],
  );
  const denied = await replies(
    engine,
    ['GET', 'tr1:{other}:x'],
    ['SET', 'x', '1'],
    ['FLUSHALL'],
    ['KEYS', '*'],
    ['EVAL', '', '0'],
  );
  for (const reply of denied) assert.ok(isError(reply) && reply.error.startsWith('NOPERM'), JSON.stringify(reply));
});

engineTest('it needs no more than a user with few permissions has', async (world) => {
  const redis = await world.redis({
    lines: ['user default off', 'user route on >pw resetkeys ~tr1:* resetchannels -@all +get +set +pttl'],
  });
  const engine = await world.up([at(redis.port)], {
    username: 'route',
    password_file: { path: 'pw', secret: 'pw' },
  });
  assert.deepEqual(await replies(engine, ['SET', 'tr1:{a}:x', '1', 'PX', '1000'], ['GET', 'tr1:{a}:x']), [
    'OK',
    Buffer.from('1'),
  ]);
  const [denied, foreign] = await replies(engine, ['XADD', 'tr1:{a}:news', '*', 'a', 'b'], ['GET', 'other']);
  assert.match(JSON.stringify([denied, foreign]), /^\[\{"error":"NOPERM .*\{"error":"NOPERM /);
  assert.deepEqual([engine.isUp, engine.status.fault, engine.counts.faults.permission], [true, 'permission', 2]);
  const told = world.told.filter(({ good }) => good === false).map(({ topic, message }) => [topic, message]);
  assert.deepEqual(told.length, 1);
  assert.match(told.join(), /^share engine permission,the engine of the site refuses XADD: .*NOPERM/);
});

engineTest('a Unix socket, and a database with a password in the URL', async (world) => {
  const redis = await world.redis({ lines: ['requirepass secret'], password: 'secret' });
  const there = { username: undefined, password: 'secret', database: 3 };
  const engine = await world.up([{ kind: 'unix', path: redis.path, ...there }]);
  assert.deepEqual(await replies(engine, ['SET', 'a', 'b']), ['OK']);
  const inThree = await world.up([at(redis.port, there)]);
  assert.deepEqual(await replies(inThree, ['GET', 'a']), [Buffer.from('b')]);
  assert.equal(await redis.ask('-n', '0', 'GET', 'a'), '');
  assert.equal(engine.status.place, redis.path);
});

engineTest('TLS with an authority, a name and a certificate of its own', async (world) => {
  const tls = certificateFor('redis.test');
  const own = certificateFor('gateway.test');
  const redis = await world.redis({ tls, lines: ['tls-auth-clients yes'], files: { 'own.pem': own.cert } });
  const ca_file = { path: 'ca', pem: tls.cert };
  // The server trusts those that its own authority has signed, and that is its own certificate.
  const mutual = { cert_file: { path: 'c', pem: tls.cert }, key_file: { path: 'k', secret: tls.key } };
  const engine = await world.up([at(redis.port, { tls: true })], { ca_file, ...mutual, tls_name: 'redis.test' });
  assert.deepEqual(await replies(engine, ['SET', 'a', 'b']), ['OK']);
  const byAddress = await world.up([at(redis.port, { tls: true })], { ca_file, ...mutual });
  assert.deepEqual(await replies(byAddress, ['GET', 'a']), [Buffer.from('b')]);
  const [unknown, otherName, otherHost] = [
    world.engine([at(redis.port, { tls: true })], mutual),
    world.engine([at(redis.port, { tls: true })], { ca_file, ...mutual, tls_name: 'other.test' }),
    world.engine([at(redis.port, { tls: true, host: 'localhost' })], { ca_file, ...mutual }),
  ];
  for (const engine of [unknown, otherName, otherHost]) {
    await until('it is refused', () => engine.status.fault !== undefined);
    assert.equal(engine.status.fault, 'certificate', engine.status.detail);
    assert.equal(engine.isUp, false);
  }
  assert.match(unknown.status.detail ?? '', /DEPTH_ZERO_SELF_SIGNED_CERT/);
  for (const { status } of [otherName, otherHost]) assert.match(status.detail ?? '', /ERR_TLS_CERT_ALTNAME_INVALID/);
});

engineTest(
  'the name of the host is said with TLS, or the one that is configured, but never an address',
  async (world) => {
    const names: unknown[] = [];
    const server = createServer(certificateFor('localhost'), (socket) => {
      names.push(socket.servername);
      socket.destroy();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const ca_file = { path: 'ca', pem: certificateFor('localhost').cert };
    const said = async (host: string, tls_name: string | null): Promise<unknown> => {
      const engine = world.engine([at(port, { tls: true, host })], { tls_name, ca_file });
      const { length } = names;
      await until('somebody came', () => names.length > length);
      await engine.close();
      return names[length];
    };
    try {
      assert.equal(await said('localhost', null), 'localhost');
      assert.equal(await said('127.0.0.1', 'localhost'), 'localhost');
      assert.equal(await said('127.0.0.1', null), false);
      assert.equal(await said('localhost', '127.0.0.1'), false);
    } finally {
      server.close();
    }
  },
);
