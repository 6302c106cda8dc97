import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../src/protocol/address/address.js';
import type { Listener } from '../../../src/protocol/inbound/listener.js';
import { parseHost } from '../../../src/protocol/pac/asked-host.js';
import { pacWays } from '../../../src/protocol/pac/ways.js';

/** A listener on an address, or on a Unix socket. */
function listener(ip: string | undefined, port: number, more: Partial<Listener> = {}): Listener {
  const bytes = ip === undefined ? undefined : parseIp(ip);
  return {
    number: port,
    name: `on ${port}`,
    address: `${ip}:${port}`,
    endpoint: bytes === undefined ? undefined : { ip: bytes, port },
    protocols: ['socks5', 'socks4', 'http'],
    wantsUser: false,
    allowClients: ['0.0.0.0/0'],
    proxyFrom: [],
    ...more,
  };
}

function ways(host: string, ...listeners: readonly Listener[]): string | undefined {
  const asked = parseHost(host);
  assert.ok(asked !== undefined, host);
  return pacWays(asked, listeners)?.gateway;
}

test('a listener on every address is reached by the host that was asked', () => {
  const all = listener('0.0.0.0', 1080);
  assert.equal(ways('router.lan:9090', all), 'SOCKS5 router.lan:1080; PROXY router.lan:1080');
  assert.equal(ways('192.168.1.1', all), 'SOCKS5 192.168.1.1:1080; PROXY 192.168.1.1:1080');
  assert.equal(ways('[FD00::1]:9090', listener('::', 1080)), 'SOCKS5 [fd00::1]:1080; PROXY [fd00::1]:1080');
  assert.equal(ways('[fd00::1]:9090', all), undefined);
});

test('a listener on one address is reached by that address, and one on loopback only from this machine', () => {
  const lan = listener('192.168.1.1', 1080);
  const here = listener('127.0.0.1', 1081);
  assert.equal(ways('router.lan', here, lan), 'SOCKS5 192.168.1.1:1080; PROXY 192.168.1.1:1080');
  assert.equal(ways('router.lan', here), undefined);
  for (const host of ['localhost:9090', '127.0.0.1:9090', '[::1]:9090', 'a.localhost']) {
    assert.equal(ways(host, here), 'SOCKS5 127.0.0.1:1081; PROXY 127.0.0.1:1081', host);
  }
});

test('what a browser cannot use is left out: Unix sockets, PROXY headers, passwords for SOCKS', () => {
  assert.equal(ways('localhost', listener(undefined, 1)), undefined);
  assert.equal(ways('localhost', listener('127.0.0.1', 1, { proxyFrom: ['127.0.0.1'] })), undefined);
  const wantsUser = listener('127.0.0.1', 1, { wantsUser: true });
  assert.equal(ways('localhost', wantsUser), 'PROXY 127.0.0.1:1');
  assert.equal(ways('localhost', wantsUser, listener('127.0.0.1', 2)), 'SOCKS5 127.0.0.1:2; PROXY 127.0.0.1:2');
  assert.equal(ways('localhost', listener('127.0.0.1', 1, { wantsUser: true, protocols: ['socks5'] })), undefined);
});

test('only what the listeners speak is offered, and names that are refused are best refused by HTTP', () => {
  const socks = listener('127.0.0.1', 1080, { protocols: ['socks5'] });
  const http = listener('127.0.0.1', 8080, { protocols: ['http'] });
  const asked = parseHost('localhost');
  assert.ok(asked !== undefined);
  assert.deepEqual(pacWays(asked, [socks, http]), {
    gateway: 'SOCKS5 127.0.0.1:1080; PROXY 127.0.0.1:8080',
    refusal: 'PROXY 127.0.0.1:8080',
  });
  const both = 'SOCKS5 127.0.0.1:1080; SOCKS 127.0.0.1:1080';
  assert.deepEqual(pacWays(asked, [socks]), { gateway: both, refusal: both });
  assert.equal(ways('localhost', http), 'PROXY 127.0.0.1:8080');
  const old = listener('127.0.0.1', 1080, { protocols: ['socks4'] });
  assert.equal(ways('localhost', old), 'SOCKS4 127.0.0.1:1080; SOCKS 127.0.0.1:1080');
  assert.equal(pacWays(asked, []), undefined);
});

test('a Host is a name or an address with an optional port, and nothing else', () => {
  const hosts = ['a', 'A.b.', '1.2.3.4:80', '[::1]', '[::ffff:1.2.3.4]:5', 'xn--a:65535', '_x'];
  assert.deepEqual(
    hosts.map((text) => parseHost(text)).map((asked) => asked && `${asked.host} ${asked.port}`),
    ['a undefined', 'a.b undefined', '1.2.3.4 80', '::1 undefined', '1.2.3.4 5', 'xn--a 65535', '_x undefined'],
  );
  const wrong = [
    ...['', ':80', 'a:', 'a:b', 'a:65536', 'a:1:2', '::1', '[::1', '[a]', 'a b', 'u@a', 'a/b', '1.2.3', '1.2.3.4.5'],
    ...['a..b', `${'a'.repeat(64)}.b`, 'a'.repeat(300), '"', 'a"b', 'a\nb', '[::1]x', '[::1%eth0]'],
  ];
  for (const text of wrong) assert.equal(parseHost(text), undefined, text);
});
