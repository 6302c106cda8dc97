// The key `listen`, beside `host`, `port` and `allow_clients`: defaults, forms, and every mistake with its place.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { INBOUND_NAMES } from '../../../../../src/protocol/inbound-name.js';
import {
  LISTENERS_MAX,
  type ListenOptions,
  LOOPBACK_NETWORKS,
  loopbackListener,
} from '../../../../../src/protocol/listen-options.js';
import { errorsIn, errorsOf, loadJson, optionsOf, warningsIn } from '../../load-text.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-listen-'));
after(() => rmSync(directory, { recursive: true }));
const path = (name: string): string => join(directory, name);

const listenersOf = (tree: object): readonly ListenOptions[] => optionsOf(loadJson(tree)).listen;
const at = (host: string, port: number) => ({ kind: 'internet', host, port }) as const;

test('host and port are one listener for the clients of this machine', () => {
  assert.deepEqual(listenersOf({}), [loopbackListener(7070)]);
  assert.deepEqual(listenersOf({ host: '::1', port: 1 }), [{ ...loopbackListener(0), place: at('::1', 1) }]);
});

test('each listener has its own keys, and what is not given has a default', () => {
  const listen = [
    { port: 7071 },
    { host: '[::1]', port: 0, name: 'six', protocols: 'socks5', users: false },
    { host: '0.0.0.0', port: 7072, allow_clients: '10.0.0.0/8' },
    { host: '::ffff:127.0.0.2', port: 7073, allow_clients: ['::FFFF:192.0.2.1', '2001:DB8::5/32', '192.0.2.1'] },
    { unix: path('a.sock') },
    { unix: path('b.sock'), mode: '0666', name: 'every user', proxy_protocol: { from: 'unix' }, allow_clients: '::/0' },
    { port: 7074, proxy_protocol: { from: ['127.0.0.1', '10.1.0.0/16'] }, allow_clients: ['192.0.2.0/24'] },
  ];
  const usual = { name: undefined, protocols: INBOUND_NAMES, users: false, proxy_from: [] };
  assert.deepEqual(listenersOf({ listen }), [
    { ...usual, place: at('127.0.0.1', 7071), allow_clients: LOOPBACK_NETWORKS },
    { ...usual, place: at('::1', 0), name: 'six', protocols: ['socks5'], allow_clients: LOOPBACK_NETWORKS },
    { ...usual, place: at('0.0.0.0', 7072), allow_clients: ['10.0.0.0/8'] },
    { ...usual, place: at('127.0.0.2', 7073), allow_clients: ['192.0.2.1', '2001:db8::/32'] },
    { ...usual, place: { kind: 'unix', path: path('a.sock'), mode: 0o600 }, allow_clients: LOOPBACK_NETWORKS },
    {
      ...{ ...usual, place: { kind: 'unix', path: path('b.sock'), mode: 0o666 }, name: 'every user' },
      ...{ proxy_from: ['unix'], allow_clients: ['::/0'] },
    },
    {
      ...usual,
      place: at('127.0.0.1', 7074),
      allow_clients: ['192.0.2.0/24'],
      proxy_from: ['127.0.0.1', '10.1.0.0/16'],
    },
  ]);
});

test('allow_clients is for all listeners without one of their own', () => {
  const listen = [{ port: 1 }, { host: '::', port: 2 }, { host: '192.0.2.1', port: 3, allow_clients: '192.0.2.9' }];
  assert.deepEqual(
    listenersOf({ listen, allow_clients: ['10.0.0.0/8'] }).map(({ allow_clients }) => allow_clients),
    [['10.0.0.0/8'], ['10.0.0.0/8'], ['192.0.2.9']],
  );
  const environment = { TCPROUTE_HOST: '0.0.0.0', TCPROUTE_ALLOW_CLIENTS: '10.0.0.0/8, fd00::/8' };
  const [listener] = optionsOf(loadJson({}, { environment })).listen;
  assert.deepEqual(listener?.allow_clients, ['10.0.0.0/8', 'fd00::/8']);
});

test('a listener that other machines reach is refused unless it is said who may come, with the two remedies', () => {
  const remedies =
    'add one of these two lines: "allow_clients": ["192.168.0.0/16", "fd00::/8"] for the networks of your clients, or "users": {"NAME": {"password": "PASSWORD"}} for names and passwords';
  const refused = (host: string): string =>
    `clients of other machines can come to ${host}, and nothing says who may; ${remedies}`;
  assert.deepEqual(errorsIn({ host: '0.0.0.0' }), [`host: ${refused('0.0.0.0')}`]);
  assert.deepEqual(errorsOf(loadJson({}, { flags: { host: '192.0.2.1' } })), [`--host: ${refused('192.0.2.1')}`]);
  const listen = [{ host: '::', port: 1 }, { port: 2 }, { port: 3, proxy_protocol: { from: '127.0.0.1' } }];
  assert.deepEqual(errorsIn({ listen }), [
    `listen[0]: ${refused('::')}`,
    `listen[2]: clients of other machines can come through a proxy, and nothing says who may; ${remedies}`,
  ]);
  assert.deepEqual(errorsIn({ host: '::', allow_clients: ['::/0', '0.0.0.0/0'] }), []);
  const users = { alice: { password: 'secret' } };
  assert.deepEqual(errorsIn({ users, listen: [{ host: '::', port: 1, users: false }] }), [
    'listen[0]: clients of other machines can come to ::, and nothing says who may; take "users": false away, so that clients must name one of the users, or add "allow_clients": ["192.168.0.0/16", "fd00::/8"] for the networks of your clients',
  ]);
});

test('listen and host or port are given in two ways that contradict each other, wherever they stand', () => {
  const both = (key: string): string =>
    `"${key}" does not go together with "listen", which is at c.json: line 1: listen; allowed: one of them`;
  const listen = [{ port: 1 }];
  assert.deepEqual(errorsIn({ listen, host: '127.0.0.1', port: 2 }), [
    `host: ${both('host')}`,
    `port: ${both('port')}`,
  ]);
  const loaded = loadJson({ listen }, { environment: { TCPROUTE_HOST: '::1' }, flags: { port: '2' } });
  assert.deepEqual(errorsOf(loaded), [`TCPROUTE_HOST: ${both('host')}`, `--port: ${both('port')}`]);
});

test('all mistakes of a list are reported at once', () => {
  writeFileSync(path('file'), '');
  mkdirSync(path('folder'));
  const networks = 'an IP address or a network, such as 192.168.0.0/16 or fd00::/8';
  const unixPath =
    'the path of a socket, in a directory that exists, of at most 107 bytes with all its directories; where there is a file, it must be a socket';
  const errors = errorsIn({
    listen: [
      { host: 'localhost', port: 70_000, protocol: 'socks5' },
      { host: '::1', protocols: ['socks6'], users: 'yes', name: '' },
      { port: 5, mode: '0600', allow_clients: ['10.0.0.0/8', '10.0.0.0/33'] },
      { unix: 'a.sock', port: 5, mode: 660, allow_clients: '10.0.0.0/8' },
      { unix: path('file') },
      { unix: path('folder') },
      { unix: path('none/a.sock') },
      { unix: `/${'a'.repeat(107)}` },
      { unix: '@abstract', proxy_protocol: { from: '10.0.0.1' } },
      { port: 6, proxy_protocol: true },
      { port: 7, proxy_protocol: { form: ['10.0.0.1'] } },
      { port: 8, users: true },
      7,
    ],
  });
  assert.deepEqual(errors, [
    'listen[0].protocol: unknown key; did you mean "protocols"?',
    'listen[0].host: "localhost" is not allowed; allowed: an IPv4 or IPv6 address, such as 127.0.0.1, 0.0.0.0 or ::',
    'listen[0].port: 70000 is not allowed; allowed: an integer from 0 to 65535, 0 for any',
    'listen[1].port: missing; needed: the port to listen on, or "unix"',
    'listen[1].name: "" is not allowed; allowed: a text of 1 to 64 printable characters, other than "." and ".."',
    `listen[1].protocols: ["socks6"] is not allowed; allowed: one of ${INBOUND_NAMES.join(', ')}, or a list of them`,
    'listen[1].users: "yes" is not allowed; allowed: true or false, without quotes',
    'listen[2].mode: belongs to "unix"',
    `listen[2].allow_clients[1]: "10.0.0.0/33" is not allowed; allowed: ${networks}`,
    'listen[3].port: does not go together with "unix"; allowed: one of them',
    'listen[3].mode: 660 is not allowed; allowed: octal digits in quotes, such as "0660"',
    'listen[3].allow_clients: clients of a Unix socket have no address; "mode" says who may connect',
    ...[path('file'), path('folder'), path('none/a.sock')].map(
      (wrong, index) => `listen[${index + 4}].unix: ${JSON.stringify(wrong)} is not allowed; allowed: ${unixPath}`,
    ),
    `listen[7].unix: "/${'a'.repeat(98)}… is not allowed; allowed: ${unixPath}`,
    `listen[8].unix: "***@abstract" is not allowed; allowed: ${unixPath}`,
    'listen[8].proxy_protocol.from: "10.0.0.1" is not allowed; allowed: "unix", for what connects to the socket',
    'listen[9].proxy_protocol: true is not allowed; allowed: an object with "from": the networks of the proxies',
    'listen[10].proxy_protocol.form: unknown key; did you mean "from"?',
    'listen[10].proxy_protocol.from: missing; needed: the networks of the proxies',
    'listen[12]: 7 is not allowed; allowed: a listener: an object with port or unix',
    'listen[11].users: true is not allowed; allowed: false, since no users are set',
  ]);
});

test('a list is a list of at least one listener, and of as many as a hand-off tells apart', () => {
  const many = Array.from({ length: LISTENERS_MAX + 1 }, (_, index) => ({ port: index + 1 }));
  for (const wrong of [[], {}, 'a', null, many]) {
    const [error, ...more] = errorsIn({ listen: wrong });
    assert.match(
      error ?? '',
      /^listen: .* is not allowed; allowed: a list of 1 to 128 listeners, each an object with /,
    );
    assert.deepEqual(more, []);
  }
  assert.equal(listenersOf({ listen: many.slice(1) }).length, LISTENERS_MAX);
});

test('an address, a path and a name are given once; the kernel may choose several ports', () => {
  const taken = (one: string, other: string, index: number): string =>
    `${one} is taken by ${other} at c.json: line 1: listen[${index}]; allowed: each address once`;
  const allow_clients = '10.0.0.0/8';
  assert.deepEqual(
    errorsIn({
      ...{ allow_clients },
      listen: [
        { port: 1, name: 'a' },
        { host: '127.0.0.1', port: 1 },
        { port: 0 },
        { port: 0, name: 'a' },
        { host: '0.0.0.0', port: 2 },
        { host: '127.0.0.2', port: 2 },
        { host: '::1', port: 2 },
        { host: '::', port: 3 },
        { host: '127.0.0.1', port: 3 },
        { unix: path('a.sock') },
        { unix: path('./a.sock') },
      ],
    }),
    [
      `listen[1]: ${taken('127.0.0.1:1', '127.0.0.1:1', 0)}`,
      'listen[3].name: another listener has the name "a": c.json: line 1: listen[0]',
      `listen[5]: ${taken('127.0.0.2:2', '0.0.0.0:2', 4)}`,
      `listen[8]: ${taken('127.0.0.1:3', '[::]:3', 7)}`,
      `listen[10]: ${taken(`unix:${path('a.sock')}`, `unix:${path('a.sock')}`, 9)}`,
    ],
  );
});

test('a line whose proxy is any of the listeners is a mistake', () => {
  const proxy = (port: number) => ({ type: 'socks5', host: '127.0.0.1', port });
  const listen = [{ port: 1 }, { port: 2 }, { unix: path('a.sock') }];
  assert.deepEqual(errorsIn({ listen, upstream: [proxy(1), proxy(2), proxy(3)] }), [
    'upstream.list[0].port: 1 is not allowed; allowed: a proxy other than this gateway, which listens on 127.0.0.1:1',
    'upstream.list[1].port: 2 is not allowed; allowed: a proxy other than this gateway, which listens on 127.0.0.1:2',
  ]);
});

test('a relative path of a socket begins in the folder of the configuration', () => {
  const [listener] = listenersOf({ listen: [{ unix: 'a.sock' }] });
  assert.ok(listener?.place.kind === 'unix');
  assert.match(listener.place.path, /^\/.*\/tcproute-config-\w+\/a\.sock$/);
});

test('proxies of a network that is as wide as the internet are warned of where allow_clients is narrower', () => {
  const warnings = (from: readonly string[], allow_clients: readonly string[]) =>
    warningsIn({ listen: [{ host: '0.0.0.0', port: 1, allow_clients, proxy_protocol: { from } }] });
  for (const wide of ['0.0.0.0/0', '::/0', '128.0.0.0/1', '8.0.0.0/8', '2000::/3']) {
    const [warning = '', ...more] = warnings(['10.0.0.1', wide], ['192.0.2.0/24']);
    assert.match(warning, /proxy_protocol\.from/);
    assert.ok(warning.includes(`a client from ${wide} can name any address`), warning);
    assert.deepEqual(more, []);
    assert.deepEqual(warnings([wide], ['0.0.0.0/0', '::/0']), []);
  }
  for (const usual of ['10.0.0.0/8', '127.0.0.0/8', 'fc00::/7', 'fd00::/8', '8.8.0.0/16', '2001:db8::/32']) {
    assert.deepEqual(warnings([usual], ['192.0.2.0/24']), [], usual);
  }
});
