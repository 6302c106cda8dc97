import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { errorsIn } from '../../load-text.js';

const proxy = (host: string, port: number, upstream?: object) => ({ type: 'socks5', host, port, upstream });
const WIDE = { host: '::', allow_clients: ['127.0.0.0/8'] };
const rejected = (path: string, listener: string) =>
  `${path}.port: 7070 is not allowed; allowed: a proxy other than this gateway, which listens on ${listener}`;

test('a line whose first proxy is the own listener is a mistake, named by its path', () => {
  const direct = { type: 'direct' };
  const inner = { type: 'multipath', list: [direct, proxy('localhost', 7070, direct)] };
  const list = [
    proxy('127.0.0.1', 7070, direct),
    proxy('127.0.0.1', 7071, direct),
    proxy('127.0.0.2', 7070, direct),
    proxy('::ffff:127.0.0.1', 7070, direct),
    proxy('0.0.0.0', 7070, direct),
    // Behind another proxy it is that one's machine.
    proxy('127.0.0.1', 7070, proxy('127.0.0.1', 1080, direct)),
    proxy('10.0.0.1', 1080, inner),
    { ...proxy('127.0.0.1', 7070), type: 'http' },
    { ...proxy('127.0.0.1', 7070, direct), type: 'socks4' },
  ];
  const inside = 'upstream.list[6].upstream.list[1]';
  const paths = [
    ...[0, 3, 4].map((index) => `upstream.list[${index}]`),
    inside,
    'upstream.list[7]',
    'upstream.list[8]',
  ];
  const errors = errorsIn({ upstream: { type: 'multipath', list } });
  assert.deepEqual(
    errors,
    paths.map((path) => rejected(path, '127.0.0.1:7070')),
  );
});

test('a gateway on every address has all addresses of the machine for its own', () => {
  const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
  for (const host of [...own, '127.1.2.3', 'localhost', '::1', '::']) {
    const errors = errorsIn({ ...WIDE, upstream: proxy(host, 7070, { type: 'direct' }) });
    assert.deepEqual(errors, [rejected('upstream', '[::]:7070')], host);
  }
  for (const host of ['192.0.2.1', 'proxy.test', '2001:db8::1']) {
    assert.deepEqual(errorsIn({ ...WIDE, upstream: proxy(host, 7070, { type: 'direct' }) }), [], host);
  }
  assert.deepEqual(errorsIn({ ...WIDE, host: '0.0.0.0', upstream: proxy('::1', 7070, { type: 'direct' }) }), []);
});
