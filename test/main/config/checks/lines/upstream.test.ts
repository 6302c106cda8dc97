import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsIn, loadJson, optionsOf } from '../../load-text.js';

const linesOf = (upstream: unknown) => optionsOf(loadJson({ upstream })).lines;
const errorsOfUpstream = (upstream: unknown) => errorsIn({ upstream });
const socks5 = (more: object) => ({ type: 'socks5', host: '10.0.0.1', port: 1080, ...more });

test('a source of 0.0.0.0 or :: and port 0 is no source', () => {
  const any = { ip: undefined, port: 0 };
  for (const source_ip of ['0.0.0.0', '::', '0:0::0']) {
    assert.deepEqual(linesOf({ type: 'direct', source_ip, source_port: 0 })[0]?.source, any);
  }
  const line = linesOf({ type: 'direct', source_ip: '2001:DB8::1', source_port: 4000 })[0];
  assert.deepEqual(line?.source, { ip: '2001:db8::1', port: 4000 });
});

test('the source address may be that of the interface, and needs one for that', () => {
  const way = { type: 'direct', source_ip: 'auto', interface: 'lo' };
  assert.deepEqual(linesOf(way)[0]?.source, { ip: undefined, port: 0, device: 'lo', auto: true });
  assert.deepEqual(errorsOfUpstream({ type: 'direct', source_ip: 'auto' }), [
    'upstream.source_ip: "auto" is the address of the "interface" of the line, which has none; allowed: an IP address of this machine, 0.0.0.0 or :: for any, or "auto" beside an "interface"',
  ]);
  assert.equal(errorsOfUpstream({ ...way, interface: 'no/name' }).length, 1);
});

test('a direct line may have an interface and a mark, and proxies are reached by way of them', () => {
  const way = { type: 'direct', interface: 'lo', mark: 0 };
  assert.deepEqual(linesOf(way)[0]?.source, { ip: undefined, port: 0, device: 'lo' });
  const [line] = linesOf(socks5({ upstream: { ...way, mark: 0xffffffff } }));
  assert.deepEqual(line?.source, { ip: undefined, port: 0, device: 'lo', mark: 0xffffffff });
  assert.equal(line?.name, 'socks5 10.0.0.1:1080 from lo mark 4294967295');
  const name = 'the name of a network interface, of at most 15 bytes, such as "eth0"';
  const mark = 'an integer from 0 to 4294967295, 0 for none';
  for (const wrong of ['', '.', '..', 'a/b', 'a b', 'sixteen-letters-', 7])
    assert.deepEqual(errorsOfUpstream({ type: 'direct', interface: wrong }), [
      `upstream.interface: ${JSON.stringify(wrong)} is not allowed; allowed: ${name}`,
    ]);
  for (const wrong of [-1, 0x1_0000_0000, 1.5, '7'])
    assert.deepEqual(errorsOfUpstream({ type: 'direct', mark: wrong }), [
      `upstream.mark: ${JSON.stringify(wrong)} is not allowed; allowed: ${mark}`,
    ]);
  assert.deepEqual(errorsOfUpstream({ type: 'direct', fwmark: 7 }), [
    'upstream.fwmark: unknown key; did you mean "mark"?',
  ]);
});

test('any part may have a budget, with a unit, which all lines below it share', () => {
  const upstream = {
    ...{ type: 'multipath', budget_bytes: '50GB' },
    list: [{ type: 'direct' }, socks5({ name: 'lte', budget_bytes: 7, budget_day: 28 })],
  };
  const { budgets } = optionsOf(loadJson({ upstream }));
  assert.deepEqual(budgets, [
    { name: 'direct, lte', bytes: 50e9, day: 1, lines: [0, 1] },
    { name: 'lte', bytes: 7, day: 28, lines: [1] },
  ]);
});

test('a wrong budget, and a day without a budget, are mistakes; without a state file there is a warning', () => {
  const allowed =
    'is not allowed; allowed: an integer from 1 to 1000000000000000, or a text with a unit: "50GB", "500MiB", "1.5TB"';
  assert.deepEqual(
    errorsOfUpstream([
      { type: 'direct', budget_bytes: 0, budget_day: 29 },
      { type: 'direct', budget_bytes: '50Gb' },
      { type: 'direct', budget_day: 3 },
    ]),
    [
      `upstream[0].budget_bytes: 0 ${allowed}`,
      'upstream[0].budget_day: 29 is not allowed; allowed: an integer from 1 to 28',
      `upstream[1].budget_bytes: "50Gb" ${allowed}`,
      'upstream[2].budget_bytes: missing; needed: it goes together with "budget_day"',
    ],
  );
  const upstream = { type: 'direct', budget_bytes: 5 };
  assert.deepEqual(loadJson({ upstream }).warnings, [
    'c.json: line 1: upstream: there is a budget_bytes and no budget_state_file: what has been used is forgotten at every restart',
  ]);
  assert.deepEqual(loadJson({ upstream, budget_state_file: '/tmp/usage' }).warnings, []);
});

test('any type may have a tier, a cost and a weight, which lines below inherit', () => {
  const proxy = socks5({ tier: 9, weight: 100, upstream: { type: 'direct', cost_ms: 0 } });
  const list = ['direct', proxy];
  assert.deepEqual(
    linesOf({ type: 'multipath', tier: 1, cost_ms: '1.5s', list }).map(({ tier, cost_ms, weight }) => [
      tier,
      cost_ms,
      weight,
    ]),
    [
      [1, 1500, undefined],
      [9, 0, 100],
    ],
  );
  const cost =
    'an integer from 0 to 60000 (milliseconds), or a text with a unit: "300ms", "90s", "5m", "5 min", "1.5h", "2d"';
  assert.deepEqual(
    errorsOfUpstream([{ type: 'direct', tier: 10, cost_ms: '2m', weight: 0 }, socks5({ tier: '1', cost: 5 })]),
    [
      'upstream[0].tier: 10 is not allowed; allowed: an integer from 0 to 9',
      `upstream[0].cost_ms: "2m" is not allowed; allowed: ${cost}`,
      'upstream[0].weight: 0 is not allowed; allowed: an integer from 1 to 100',
      'upstream[1].cost: unknown key; did you mean "cost_ms"?',
      'upstream[1].tier: "1" is not allowed; allowed: an integer from 0 to 9; a number stands without quotes',
    ],
  );
});

test('a socks5 line has its credentials, its name and its canonical host', () => {
  const [line] = linesOf(socks5({ host: 'Proxy.Example.', username: 'u', password: 'p', name: 'far' }));
  assert.equal(line?.name, 'far');
  assert.deepEqual(line?.hops, [{ kind: 'socks5', host: 'proxy.example.', port: 1080, username: 'u', password: 'p' }]);
});

test('each mistake is named by its path', () => {
  const upstream = {
    type: 'multipath',
    list: [
      { type: 'direct', source_ip: 'eth0', source_port: -1 },
      { type: 'socks5', upstream: { type: 'multipath', list: [{ type: 'direct', host: 'x' }, 7] } },
      socks5({ host: '1.2.3.456', port: 0, name: '', upstream: null }),
      { type: 'multipath', list: [] },
      { type: 'multipath' },
    ],
  };
  assert.deepEqual(errorsOfUpstream(upstream), [
    'upstream.list[0].source_ip: "eth0" is not allowed; allowed: an IP address of this machine, 0.0.0.0 or :: for any, or "auto" beside an "interface"',
    'upstream.list[0].source_port: -1 is not allowed; allowed: an integer from 0 to 65535, 0 for any',
    'upstream.list[1].host: missing; needed: the IP address or name of the proxy',
    'upstream.list[1].port: missing; needed: the port of the proxy',
    'upstream.list[1].upstream.list[0].host: unknown key; allowed: type, name, source_ip, source_port, interface, mark, tier, cost_ms, weight, budget_bytes, budget_day',
    'upstream.list[1].upstream.list[1]: 7 is not allowed; allowed: a line: an object with a "type" (direct, socks5, socks4, http, https, multipath), "direct", socks5://[user:password@]host:port, http://[user:password@]host:port, https://…, socks4://[user@]host:port, or a list of lines',
    'upstream.list[2].name: "" is not allowed; allowed: a text of 1 to 64 printable characters, other than "." and ".."',
    'upstream.list[2].host: "1.2.3.456" is not allowed; allowed: the IP address or name of the proxy itself',
    'upstream.list[2].port: 0 is not allowed; allowed: the port on which the proxy itself listens, from 1 to 65535',
    'upstream.list[2].upstream: null is not allowed; allowed: a line: an object with a "type" (direct, socks5, socks4, http, https, multipath), "direct", socks5://[user:password@]host:port, http://[user:password@]host:port, https://…, socks4://[user@]host:port, or a list of lines',
    'upstream.list[3].list: [] is not allowed; allowed: a list of at least one line',
    'upstream.list[4].list: missing; needed: a list of lines',
  ]);
});

test('an unknown or missing type says which there are', () => {
  assert.deepEqual(errorsOfUpstream({ type: 'sock5' }), [
    'upstream.type: "sock5" is not a type of line; did you mean "socks5"?',
  ]);
  assert.deepEqual(errorsOfUpstream({ type: 'shadowsocks' }), [
    'upstream.type: "shadowsocks" is not a type of line; allowed: direct, socks5, socks4, http, https, multipath',
  ]);
  assert.deepEqual(errorsOfUpstream({ host: 'a' }), [
    'upstream.type: missing; needed: direct, socks5, socks4, http, https, multipath',
  ]);
});

test('a username and a password go together, and each has 1 to 255 bytes', () => {
  assert.deepEqual(errorsOfUpstream(socks5({ password: 'p' })), [
    'upstream.username: missing; needed: it goes together with "password"',
  ]);
  assert.deepEqual(errorsOfUpstream(socks5({ username: 'u' })), [
    'upstream.password: missing; needed: it goes together with "username"',
  ]);
  assert.deepEqual(errorsOfUpstream(socks5({ username: '', password: 'é'.repeat(128) })), [
    'upstream.username: "" is not allowed; allowed: a text (in quotes) of 1 to 255 bytes',
    'upstream.password: *** (string) is not allowed; allowed: a text (in quotes) of 1 to 255 bytes',
  ]);
});

test('an http line has Basic credentials, and a socks4 line a user id', () => {
  const [http] = linesOf({ type: 'http', host: 'a', port: 1, username: 'ü', password: 'p:'.repeat(300) });
  assert.deepEqual(http?.hops, [{ kind: 'http', host: 'a', port: 1, username: 'ü', password: 'p:'.repeat(300) }]);
  const [socks4] = linesOf({ type: 'socks4', host: 'a', port: 1, username: 'me' });
  assert.deepEqual(socks4?.hops, [{ kind: 'socks4', host: 'a', port: 1, username: 'me', password: undefined }]);
  const basic = 'a text (in quotes) of 1 to 1024 bytes, without';
  assert.deepEqual(
    errorsOfUpstream([
      { type: 'http', host: 'a', port: 0, username: 'a:b', password: 'line\nbreak' },
      { type: 'http', host: 'a', port: 1, username: 'a' },
      { type: 'http', host: 'a', port: 1, user: 'a' },
      { type: 'socks4', host: 'a', port: 1, username: 'a\0b', password: 'hunter2' },
    ]),
    [
      'upstream[0].port: 0 is not allowed; allowed: the port on which the proxy itself listens, from 1 to 65535',
      `upstream[0].username: "a:b" is not allowed; allowed: ${basic} a colon and control characters`,
      `upstream[0].password: *** (string) is not allowed; allowed: ${basic} control characters`,
      'upstream[1].password: missing; needed: it goes together with "username"',
      'upstream[2].user: unknown key; did you mean "username"?',
      'upstream[3].password: SOCKS4 has no passwords; allowed: only a username',
      'upstream[3].username: "a\\u0000b" is not allowed; allowed: a text (in quotes) of 1 to 255 bytes, without NUL',
    ],
  );
});

test('an https line has the name and the authorities of its certificate, and comes first', () => {
  const https = (more: object = {}) => ({ type: 'https', host: 'Proxy.Example.', port: 443, ...more });
  const [line] = linesOf(https({ username: 'u', password: 'p', ca_file: '/etc/hosts' }));
  assert.deepEqual(line?.hops, [
    {
      ...{ kind: 'https', host: 'proxy.example.', port: 443, username: 'u', password: 'p' },
      tls: { serverName: 'proxy.example', caFile: '/etc/hosts' },
    },
  ]);
  assert.equal(line?.name, 'https proxy.example.:443');
  const named = linesOf(https({ server_name: '2001:DB8::1', upstream: [{ type: 'direct' }, 'direct'] }));
  assert.deepEqual(
    named.map(({ hops: [hop] }) => hop?.tls),
    [0, 1].map(() => ({ serverName: '2001:db8::1', caFile: undefined })),
  );
  const behind = 'upstream.upstream: an https proxy comes first in its line; allowed: direct lines';
  assert.deepEqual(errorsOfUpstream(https({ upstream: socks5({}) })), [behind]);
  assert.deepEqual(errorsOfUpstream(https({ upstream: [{ type: 'direct' }, https()] })), [behind]);
  assert.deepEqual(errorsOfUpstream(socks5({ upstream: https() })), []);
  assert.deepEqual(errorsOfUpstream(https({ server_name: 'a b', ca_file: 7 })), [
    `upstream.server_name: "a b" is not allowed; allowed: the name in the proxy's certificate`,
    'upstream.ca_file: 7 is not allowed; allowed: a path',
  ]);
  assert.deepEqual(errorsOfUpstream({ type: 'http', host: 'a', port: 1, ca_file: 'x' }), [
    'upstream.ca_file: unknown key; allowed: type, name, host, port, username, username_file, password, password_file, upstream, tier, cost_ms, weight, budget_bytes, budget_day',
  ]);
});

test('a proxy with an IPv6 address is not reached through a socks4 proxy', () => {
  const old = { type: 'socks4', host: '192.0.2.4', port: 1080 };
  const six = (upstream: unknown) => ({ type: 'http', host: '2001:db8::1', port: 8080, upstream });
  const why =
    'host: the proxy before it cannot be asked for it: SOCKS4 has no IPv6 addresses; allowed: an IPv4 address or a name';
  assert.deepEqual(errorsOfUpstream(six(old)), [`upstream.${why}`]);
  assert.deepEqual(errorsOfUpstream([six(['direct', old])]), [`upstream[0].${why}`]);
  assert.deepEqual(errorsOfUpstream(six(['direct', socks5({ upstream: old })])), []);
  assert.deepEqual(errorsOfUpstream({ ...old, host: '2001:db8::4' }), []);
});

test('a password is masked wherever it could be shown', () => {
  const wrongs = [
    [[]],
    socks5({ username: 'u', password: ['hunter2'] }),
    socks5({ username: 'u', pasword: 'hunter2' }),
    socks5({ host: 'u:hunter2@10.0.0.1' }),
    { type: 'multipath', list: { password: { deep: 'hunter2' } } },
    { type: 'multipath', list: ['socks5://u:hunter2@10.0.0.1:0'] },
    'socks5://u:hunter2@10.0.0.1',
    { type: 'socks4', host: 'a', port: 1, password: 'hunter2' },
    { type: 'http', host: 'a', port: 1, username: 'u', password: 'hunter2\0' },
  ];
  for (const wrong of wrongs) {
    const errors = errorsOfUpstream(wrong).join('\n');
    assert.notEqual(errors, '');
    assert.doesNotMatch(errors, /hunter2/);
  }
});

test('nesting goes deep, but has an end', () => {
  const nested = (levels: number): unknown =>
    levels === 1 ? { type: 'direct' } : socks5({ port: levels, upstream: nested(levels - 1) });
  assert.equal(linesOf(nested(64))[0]?.hops.length, 63);
  const errors = errorsOfUpstream(nested(65));
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? '', /^upstream\.upstream\..*: nested too deeply; allowed: at most 64 levels$/);
});

test('names that addresses of the API cannot have are refused, in every form; all others come through', () => {
  const allowed = 'a text of 1 to 64 printable characters, other than "." and ".."';
  for (const name of ['.', '..']) {
    const wrong = [`upstream.name: ${JSON.stringify(name)} is not allowed; allowed: ${allowed}`];
    assert.deepEqual(errorsOfUpstream({ type: 'direct', name }), wrong);
    assert.deepEqual(errorsOfUpstream(socks5({ name })), wrong);
    const listen = [{ port: 1080, name }];
    assert.deepEqual(errorsIn({ listen, port: undefined }), [
      `listen[0].name: ${JSON.stringify(name)} is not allowed; allowed: ${allowed}`,
    ]);
  }
  for (const name of [
    '...',
    '. ',
    '%2e',
    '%2E%2E',
    '.%2e',
    'a/..',
    '/',
    '?',
    '#',
    ';',
    '\\',
    '电信',
    '😀',
    ' '.repeat(64),
  ]) {
    assert.equal(linesOf({ type: 'direct', name })[0]?.name, name);
    const { pathname } = new URL(`/api/v1/lines/${encodeURIComponent(name)}/pause`, 'http://127.0.0.1:9090');
    assert.equal(decodeURIComponent(pathname.split('/')[4] as string), name);
  }
});
