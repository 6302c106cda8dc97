// Where a connection goes and what it says first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineTarget, movedTo, placeText, sentinelTarget } from '../../../../src/workers/share/engine/target.js';
import { at, shareWith } from '../../../helpers/engine-world.js';

const file = { path: '/etc/pw', secret: 'of the file' };
const inUrl = at(6379, { username: 'u', password: 'of the URL', database: 2 });
const credentials = ({ username, password }: ReturnType<typeof engineTarget>) => [username, password];

test('credentials stand in the URL or beside it', () => {
  const none = shareWith({});
  const beside = shareWith({ username: 'b', password_file: file });
  assert.deepEqual(credentials(engineTarget(none, at(1))), [undefined, undefined]);
  assert.deepEqual(credentials(engineTarget(none, inUrl)), ['u', 'of the URL']);
  assert.deepEqual(credentials(engineTarget(beside, at(1))), ['b', 'of the file']);
  const userInUrl = at(1, { username: 'u' });
  assert.deepEqual(credentials(engineTarget(shareWith({ password_file: file }), userInUrl)), ['u', 'of the file']);
  const unix = { ...inUrl, kind: 'unix', path: '/run/redis' } as const;
  assert.deepEqual(credentials(engineTarget(none, unix)), ['u', 'of the URL']);
});

test('with sentinels those of the URL are for the sentinels, and for the engine where it has none of its own', () => {
  const kind = 'sentinel';
  const none = shareWith({ kind });
  const beside = shareWith({ kind, username: 'b', password_file: file });
  const named = { host: 'm', port: 2 };
  assert.deepEqual(credentials(sentinelTarget(beside, inUrl)), ['u', 'of the URL']);
  assert.deepEqual(credentials(sentinelTarget(beside, at(1))), [undefined, undefined]);
  assert.deepEqual(credentials(engineTarget(beside, inUrl, named)), ['b', 'of the file']);
  assert.deepEqual(credentials(engineTarget(none, inUrl, named)), ['u', 'of the URL']);
  // A database is one of the engine.
  assert.deepEqual([sentinelTarget(none, inUrl).database, engineTarget(none, inUrl, named).database], [0, 2]);
});

test('what is named by a sentinel or a node is reached as the place that named it', () => {
  const share = shareWith({ ca_file: { path: 'ca', pem: 'CA' }, tls_name: 'redis.test' });
  const tls = { ca: 'CA', cert: undefined, key: undefined, name: 'redis.test' };
  const target = engineTarget(share, at(1, { tls: true }), { host: 'm', port: 2 });
  assert.deepEqual([target.at, target.tls], [{ kind: 'internet', host: 'm', port: 2 }, tls]);
  assert.equal(engineTarget(share, at(1)).tls, undefined);
  assert.equal(placeText(target), 'm:2');
  assert.equal(placeText(engineTarget(share, at(1, { host: '2001:db8::1' }))), '[2001:db8::1]:1');
});

test('a reply that points elsewhere is read, and hostile ones are not', () => {
  const from = engineTarget(shareWith({}), at(7000, { host: 'a.test' }));
  const read = (error: string) => movedTo(error, from);
  assert.deepEqual(read('MOVED 3999 127.0.0.1:6381'), { host: '127.0.0.1', port: 6381 });
  assert.deepEqual(read('MOVED 3999 node.test:6381'), { host: 'node.test', port: 6381 });
  assert.deepEqual(read('MOVED 3999 [2001:db8::1]:6381'), { host: '2001:db8::1', port: 6381 });
  assert.deepEqual(read('MOVED 3999 2001:db8::1:6381'), { host: '2001:db8::1', port: 6381 });
  for (const host of ['', '?']) assert.deepEqual(read(`MOVED 3999 ${host}:6381`), { host: 'a.test', port: 6381 });
  for (const wrong of [
    'MOVED',
    'MOVED 1 a',
    'MOVED 1 a:0',
    'MOVED 1 a:65536',
    'MOVED 1 a:1x',
    'MOVED 1 a\u001b[31m:1',
    'MOVED 1 a b:1',
    `MOVED 1 ${'a'.repeat(256)}:1`,
    'MOVED x a:1',
    'ASK 1 a:1',
  ])
    assert.equal(read(wrong), undefined, wrong);
});
