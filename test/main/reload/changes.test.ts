// What differs between two configurations, key by key, and what a reload takes over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from '../../../src/main/config/load.js';
import { adopt } from '../../../src/main/reload/adopt.js';
import { changesBetween } from '../../../src/main/reload/changes.js';
import { LineNumbers } from '../../../src/protocol/lines/numbers.js';
import type { Configuration } from '../../../src/protocol/options.js';
import { gatewayOptions } from '../../helpers/gateway-options.js';

const numbers = new LineNumbers();

function configured(environment: Readonly<Record<string, string>>): Configuration {
  const loaded = load({ file: undefined, directory: '/nonexistent', environment, flags: {}, numbers });
  assert.equal(loaded.kind, 'loaded', JSON.stringify(loaded));
  return (loaded as Extract<typeof loaded, { kind: 'loaded' }>).options;
}

const plain = gatewayOptions();

test('equal configurations differ in nothing, and the new one is the old one', () => {
  const again = gatewayOptions();
  assert.deepEqual(changesBetween(plain, again), { changed: [], needsRestart: [] });
  assert.deepEqual(adopt(plain, again), plain);
});

/** Another value for every option that has one of its own, by its path. */
const OTHERS: readonly (readonly [path: string, other: Partial<Configuration>, restart: boolean])[] = [
  ['log_level', { log_level: 'trace' }, false],
  ['workers', { workers: 7 }, false],
  ['engine', { engine: 'epoll' }, true],
  ['control_socket', { control_socket: '/run/control' }, false],
  ['admin.listen', { admin: { ...plain.admin, listen: { kind: 'internet', host: '127.0.0.1', port: 9090 } } }, false],
  ['admin.token_file', { admin: { ...plain.admin, token_file: { path: 'token', token: 'x'.repeat(16) } } }, false],
  ['admin.allow', { admin: { ...plain.admin, allow: ['192.0.2.0/24'] } }, false],
  ['admin.hosts', { admin: { ...plain.admin, hosts: ['gateway.test'] } }, false],
  ['admin.origins', { admin: { ...plain.admin, origins: ['https://a.test'] } }, false],
  ['admin.traces_endpoint', { admin: { ...plain.admin, traces_endpoint: 'http://127.0.0.1:4318/' } }, false],
  ['admin.traces_percent', { admin: { ...plain.admin, traces_percent: 50 } }, false],
  ...Object.keys(plain.share).map(
    (key) => [`share.${key}`, { share: { ...plain.share, [key]: 'other' } }, false] as const,
  ),
  ...Object.keys(plain.udp)
    .filter((key) => key !== 'way_fds_max')
    .map((key) => [`udp.${key}`, { udp: { ...plain.udp, [key]: 4321 } }, false] as const),
  ['pid_file', { pid_file: '/run/pid' }, false],
  ['budget_state_file', { budget_state_file: '/tmp/usage' }, false],
  ['budget_bytes', { budgets: [{ name: 'direct', bytes: 5, day: 1, lines: [0] }] }, false],
  ['log.destination', { log: { ...plain.log, destination: 'stderr' } }, false],
  ['log.format', { log: { ...plain.log, format: 'json' } }, false],
  ['log.access', { log: { ...plain.log, access: { ...plain.log.access, enabled: 'on' } } }, false],
  ...(
    [
      ...[
        'drain_timeout_ms',
        'upgrade_drain_timeout_ms',
        'handshake_timeout_ms',
        'idle_timeout_ms',
        'half_closed_timeout_ms',
      ],
      ...['tcp_user_timeout_ms', 'tcp_keepalive_s'],
    ] as const
  ).map((key) => [key, { [key]: 12_345 }, false] as const),
  ['nameservers', { nameservers: [] }, false],
  ['nameservers_backup', { nameservers_backup: [{ ...plain.nameservers[0], id: 'other' }] }, false],
  ['hosts', { hosts: { 'a.test': ['192.0.2.1'] } }, false],
  ['IpBlacklist', { blacklist: ['192.0.2.1'] }, false],
  ['egress.deny', { egress: { ...plain.egress, deny: ['private'] } }, false],
  ['egress.allow', { egress: { ...plain.egress, allow: ['private'] } }, false],
  ...Object.keys(plain.race).map(
    (key) => [`race.${key}`, { race: { ...plain.race, [key]: key === 'until' ? 'connected' : 4321 } }, false] as const,
  ),
  ...Object.keys(plain.cache).map(
    (key) => [`cache.${key}`, { cache: { ...plain.cache, [key]: 4321 } }, false] as const,
  ),
  ...Object.keys(plain.dns)
    .filter((key) => key !== 'udp_sockets_max')
    .map((key) => [`dns.${key}`, { dns: { ...plain.dns, [key]: 4321 } }, false] as const),
  ...Object.keys(plain.limits)
    .filter((key) => key !== 'racing_max')
    .map((key) => [`limits.${key}`, { limits: { ...plain.limits, [key]: 4321 } }, false] as const),
];

for (const [path, other, restart] of OTHERS) {
  test(`${path} ${restart ? 'needs a restart' : 'is reloaded'}`, () => {
    const next = { ...plain, ...other };
    assert.deepEqual(changesBetween(plain, next), {
      changed: restart ? [] : [path],
      needsRestart: restart ? [path] : [],
    });
    assert.deepEqual(adopt(plain, next), restart ? plain : next);
    assert.deepEqual(changesBetween(adopt(plain, next), next).changed, []);
  });
}

test('no option is without a test here', () => {
  const tested = new Set(OTHERS.map(([path]) => path.split('.')[0]));
  const apart = ['listen', 'lines', 'rules', 'users', 'blacklist', 'budgets'];
  for (const key of Object.keys(plain)) assert.ok(tested.has(key) || apart.includes(key), key);
});

test('limits of clients are reloaded', () => {
  const [few, more] = [
    { ...plain.limits, client_rate: 5 },
    { ...plain.limits, client_connections_max: 9 },
  ];
  const changes = changesBetween({ ...plain, limits: few }, { ...plain, limits: more });
  assert.deepEqual(changes, { changed: ['limits.client_connections_max', 'limits.client_rate'], needsRestart: [] });
});

test('lines are told by name, with those that changed in what does not make another line of them', () => {
  const upstream = (list: readonly object[]) =>
    configured({ TCPROUTE_UPSTREAM: JSON.stringify({ type: 'multipath', list }) });
  const proxy = (name: string, more: object = {}) => ({ type: 'socks5', name, host: '192.0.2.1', port: 1080, ...more });
  const before = upstream([proxy('a'), proxy('b'), proxy('c')]);
  const dearer = upstream([proxy('c', { tier: 1, cost_ms: 9 }), proxy('a'), proxy('b')]);
  assert.deepEqual(changesBetween(before, dearer).changed, ['line "c": changed']);
  const secret = { username: 'u', password: 'hunter2' };
  const after = upstream([proxy('c'), proxy('a', secret), proxy('b', { port: 1081 }), { type: 'direct', name: 'd' }]);
  const { changed } = changesBetween(before, after);
  assert.deepEqual(changed, ['line "a": changed', 'line "b": added', 'line "d": added', 'line "b": removed']);
  // A line that stays keeps its number.
  const number = ({ lines }: Configuration, name: string) => lines.find((line) => line.name === name)?.number;
  assert.equal(number(dearer, 'c'), number(before, 'c'));
  for (const name of ['a', 'c']) assert.equal(number(after, name), number(before, name));
  assert.notEqual(number(after, 'b'), number(before, 'b'));
  assert.deepEqual(
    changesBetween(
      after,
      upstream([proxy('a', secret), proxy('c'), proxy('b', { port: 1081 }), { type: 'direct', name: 'd' }]),
    ).changed,
    ['the order of the lines'],
  );
});

test('another file of users is told, and one that was written again, also where the users are the same', () => {
  const file = { path: '/users', state: '1', users: [{ name: 'alice', password: 'a', lines: undefined }] };
  const of = (change: object) => ({ ...plain, users: { inline: [], file: { ...file, ...change } } });
  const changed = (change: object) => changesBetween(of({}), of(change)).changed;
  assert.deepEqual(changed({}), []);
  assert.deepEqual(changed({ state: '2' }), ['users_file']);
  assert.deepEqual(changed({ path: '/others' }), ['users_file']);
  assert.deepEqual(changed({ state: '2', users: [] }), ['user "alice": removed']);
  assert.deepEqual(changesBetween(plain, of({ users: [] })).changed, ['users_file']);
});

test('users are told by name and nothing of them, rules as a whole', () => {
  const of = (users: object) => configured({ TCPROUTE_USERS: JSON.stringify(users) });
  const before = of({ alice: { password: 'hunter2' }, bob: { password: 'b' } });
  const after = of({ bob: { password: 'hunter3' }, carol: { password: 'c' } });
  assert.deepEqual(changesBetween(before, after).changed, [
    ...['user "bob": changed', 'user "carol": added', 'user "alice": removed'],
  ]);
  const ruled = configured({ TCPROUTE_RULES: '[{"port": 25, "block": true}]' });
  assert.deepEqual(changesBetween(configured({}), ruled).changed, ['rules']);
});

test('of many changes the first are told, and the number of the others', () => {
  const users = (count: number) => ({
    inline: Array.from({ length: count }, (_, n) => ({ name: `u${n}`, password: 'p', lines: undefined })),
    file: undefined,
  });
  const { changed } = changesBetween({ ...plain, users: users(0) }, { ...plain, users: users(10_000) });
  assert.equal(changed.length, 51);
  assert.deepEqual([changed[0], changed[50]], ['user "u0": added', 'and 9950 more']);
});

test('listeners are told by name: a moved one as another, one at the same place as changed', () => {
  const of = (listen: readonly object[], rules: readonly object[] = []) =>
    configured({ TCPROUTE_LISTEN: JSON.stringify(listen), TCPROUTE_RULES: JSON.stringify(rules) });
  const [web, lan, file] = [{ port: 8080, name: 'web' }, { port: 1080 }, { unix: '/run/gateway.sock' }];
  const before = of([web, lan, file]);
  const changed = (listen: readonly object[]) => {
    const after = of(listen);
    const changes = changesBetween(before, after);
    assert.deepEqual(changes.needsRestart, []);
    assert.deepEqual(adopt(before, after), after);
    return changes.changed;
  };
  assert.deepEqual(changed([web, lan, file]), []);
  assert.deepEqual(changed([file, lan, web]), [], 'the order');
  assert.deepEqual(changed([web]), ['listener "127.0.0.1:1080": closed', 'listener "unix:/run/gateway.sock": closed']);
  assert.deepEqual(changed([{ ...web, port: 8081 }, lan, file]), ['listener "web": added', 'listener "web": closed']);
  assert.deepEqual(
    changed([
      { ...web, name: 'www' },
      { ...lan, protocols: ['http'] },
      { ...file, mode: '0666' },
    ]),
    [
      ...[
        'listener "www": changed',
        'listener "127.0.0.1:1080": changed',
        'listener "unix:/run/gateway.sock": changed',
      ],
    ],
  );
  assert.deepEqual(changed([web, lan, file, { port: 0 }, { port: 0, host: '::1' }]), [
    ...['listener "127.0.0.1:0": added', 'listener "[::1]:0": added'],
  ]);
});

test('how quiet connections may be is told of the listener, or as rules', () => {
  const of = (listen: object, rule: object) =>
    configured({ TCPROUTE_LISTEN: JSON.stringify([{ port: 1, ...listen }]), TCPROUTE_RULES: JSON.stringify([rule]) });
  const before = of({ idle_timeout_ms: 0 }, { keepalive: { idle_s: 60 } });
  assert.deepEqual(changesBetween(before, of({ idle_timeout_ms: 0 }, { keepalive: { idle_s: '1m' } })).changed, []);
  assert.deepEqual(changesBetween(before, of({ idle_timeout_ms: 1 }, { keepalive: { idle_s: 61 } })).changed, [
    'listener "127.0.0.1:1": changed',
    'rules',
  ]);
});

test('rules are the same where their listeners stand in another order', () => {
  const of = (ports: readonly number[], port: number) =>
    configured({
      TCPROUTE_LISTEN: JSON.stringify(ports.map((one) => ({ port: one }))),
      TCPROUTE_RULES: JSON.stringify([{ listener: `127.0.0.1:${port}`, block: true }]),
    });
  assert.deepEqual(changesBetween(of([1, 2], 1), of([2, 1], 1)).changed, []);
  assert.deepEqual(changesBetween(of([1, 2], 1), of([2, 1], 2)).changed, ['rules']);
  assert.deepEqual(changesBetween(of([1, 2], 1), of([1, 2], 2)).changed, ['rules']);
});
