// What dashboards for Clash ask, as they ask it: metacubexd, zashboard and yacd.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../../src/protocol/address/address.js';
import type { ConnectionSummary } from '../../../../src/protocol/connections/summary.js';
import type { Listener } from '../../../../src/protocol/inbound/listener.js';
import { lineOf } from '../../../../src/protocol/lines/line.js';
import { compileRules } from '../../../../src/protocol/rules/compile.js';
import type { Destinations, Rule } from '../../../../src/protocol/rules/rule.js';
import { configsOf, levelAsked } from '../../../../src/workers/admin/clash/configs.js';
import { clashConnection } from '../../../../src/workers/admin/clash/connection.js';
import { type ClashLine, groupNames, proxiesOf, selectionOf } from '../../../../src/workers/admin/clash/groups.js';
import { clashRules } from '../../../../src/workers/admin/clash/rules.js';
import { intervalOf, levelOf, logLines, repeated, traffic } from '../../../../src/workers/admin/clash/streams.js';
import type { Hear, Wants } from '../../../../src/workers/admin/feed/feed.js';
import { defaultOptions } from '../../../helpers/default-options.js';
import { until } from '../../../helpers/until.js';
import { LinesWorld } from '../api/lines-world.js';

const AT = '2026-11-30T15:00:00.000Z';
const LINE: ClashLine = {
  ...{ line: 'direct', proxies: [], health: 'up', paused: false, pinned: false, wins: 3 },
  ...{ connect_ms: 12.4, first_byte_ms: null },
};
const VPN: ClashLine = { ...LINE, line: 'vpn', proxies: [{ kind: 'socks5', host: '192.0.2.1', port: 1 }], wins: 9 };

test('lines are proxies, the race is a group that chooses by itself, and two groups choose between it and a line', () => {
  const dead: ClashLine = { ...VPN, line: 'dead', health: 'down', wins: 0 };
  const fresh: ClashLine = { ...LINE, line: 'fresh', connect_ms: null, wins: 0, paused: true };
  const all = proxiesOf([LINE, VPN, dead, fresh], AT);
  assert.deepEqual(Object.keys(all), ['GLOBAL', 'TcpRoute', 'Race', 'direct', 'vpn', 'dead', 'fresh']);
  assert.deepEqual(all['GLOBAL']?.all, ['TcpRoute', 'Race', 'direct', 'vpn', 'dead', 'fresh']);
  const { type, now, all: members } = all['TcpRoute'] ?? {};
  assert.deepEqual([type, now, members], ['Selector', 'Race', ['Race', 'direct', 'vpn', 'dead', 'fresh']]);
  assert.deepEqual([all['Race']?.type, all['Race']?.now], ['URLTest', 'vpn']);
  const shown = ['direct', 'vpn', 'dead', 'fresh'].map((name) => all[name]);
  assert.deepEqual(
    shown.map((one) => [one?.type, one?.alive, one?.history]),
    [
      ['Direct', true, [{ time: AT, delay: 12 }]],
      ['Socks5', true, [{ time: AT, delay: 12 }]],
      ['Socks5', false, [{ time: AT, delay: 0 }]],
      ['Direct', false, []],
    ],
  );
  assert.equal(proxiesOf([LINE, { ...VPN, pinned: true }], AT)['TcpRoute']?.now, 'vpn');
});

test('a group never has the name of a line', () => {
  const lines = ['GLOBAL', 'Race', 'Race *', 'TcpRoute'];
  assert.deepEqual(groupNames(lines), { global: 'GLOBAL *', choice: 'TcpRoute *', race: 'Race * *' });
});

test('to select a line pins connections to it, and to select the race takes that back', () => {
  const lines = ['direct', 'vpn'];
  assert.deepEqual(selectionOf(lines, 'TcpRoute', 'vpn'), { kind: 'pin', line: 'vpn' });
  assert.deepEqual(selectionOf(lines, 'GLOBAL', 'direct'), { kind: 'pin', line: 'direct' });
  for (const name of ['Race', 'TcpRoute']) assert.deepEqual(selectionOf(lines, 'GLOBAL', name), { kind: 'unpin' });
  assert.equal(selectionOf(lines, 'Race', 'vpn'), 'Must be a Selector');
  assert.equal(selectionOf(lines, 'vpn', 'vpn'), 'Must be a Selector');
  for (const name of ['nobody', 7, null, 'TcpRoute']) {
    assert.match(String(selectionOf(lines, 'TcpRoute', name)), /not exist/, String(name));
  }
});

const NAMING = { race: 'Race', listeners: [{ name: 'lan', protocols: ['socks5' as const] }] };
const SUMMARY: ConnectionSummary = {
  ...{ phase: 'relay', client: '192.168.1.7:5555', listener: 'lan', user: 'alice', target: 'example.com:443' },
  ...{ line: 'direct', address: '192.0.2.9:443', connect_ms: 3, bytes_up: 10, bytes_down: 20, attempts: 1 },
  ...{ opened_at: Date.parse(AT), duration_ms: 5, ending: undefined, cause: undefined },
};

test('a connection is told with its client, what it asked for, and the line that carries it', () => {
  const { metadata, ...rest } = clashConnection({ actor: 1, slot: 2, serial: 36 }, SUMMARY, NAMING);
  assert.deepEqual(rest, {
    ...{
      id: '1-2-10',
      upload: 10,
      download: 20,
      start: AT,
      chains: ['direct', 'Race'],
      rule: 'Match',
      rulePayload: '',
    },
  });
  const { network, type, sourceIP, sourcePort, host, destinationIP, destinationPort, inboundUser } = metadata;
  assert.deepEqual([network, type, sourceIP, sourcePort], ['tcp', 'Socks5', '192.168.1.7', '5555']);
  assert.deepEqual([host, destinationIP, destinationPort, inboundUser], ['example.com', '192.0.2.9', '443', 'alice']);
  const others = [
    { ...SUMMARY, target: '[2001:db8::1]:80', client: 'unix', user: undefined, listener: 'gone' },
    { ...SUMMARY, target: undefined, line: undefined, address: undefined },
  ].map((summary) => clashConnection({ actor: 0, slot: 0, serial: 0 }, summary, NAMING));
  assert.deepEqual(
    others.map(({ chains, metadata: of }) => [chains, of['type'], of['sourceIP'], of['host'], of['destinationIP']]),
    [
      [['direct', 'Race'], 'Mixed', 'unix', '', '2001:db8::1'],
      [['Race'], 'Socks5', '192.168.1.7', '', ''],
    ],
  );
});

test('each rule is one of Clash, in their order, long ones by their beginning; at last the lines are raced', () => {
  const destinations = (some: Partial<Destinations>): Destinations => ({
    ...{ domain: [], domain_suffix: [], cidr: [], files: [], ...some },
  });
  const lines = [lineOf(3, 'vpn', { ip: undefined, port: 0 }, []), lineOf(5, 'lte', { ip: undefined, port: 0 }, [])];
  const ruling = { lines: [3, 5], sticky: false as const };
  const clients = { client: [], user: ['alice'], tag: [], listener: [] };
  const many = Array.from({ length: 9 }, (_, at) => `n${at}.test`);
  const rules: readonly Rule[] = [
    { destinations: destinations({ domain: ['a.test'] }), ports: [], ruling: 'block' },
    { destinations: destinations({ domain_suffix: many }), ports: [], ruling },
    { destinations: destinations({ cidr: ['10.0.0.0/8', '192.0.2.1'] }), ports: [], ruling },
    {
      destinations: undefined,
      ports: [
        { from: 25, to: 25 },
        { from: 80, to: 90 },
      ],
      ruling: 'block',
    },
    { destinations: destinations({ domain: ['b.test'] }), ports: [{ from: 443, to: 443 }], ruling, clients },
    { destinations: undefined, ports: [], ruling: { lines: undefined, sticky: 'client' } },
  ];
  const told = clashRules(
    compileRules(rules, () => []),
    lines,
    'Race',
  );
  assert.deepEqual(
    told.map(({ type, payload, proxy, size }) => [type, payload, proxy, size]),
    [
      ['Domain', 'a.test', 'REJECT', 1],
      ['DomainSuffix', `${many.slice(0, 5).join(', ')} and 4 more`, 'vpn | lte', 9],
      ['IPCIDR', '10.0.0.0-10.255.255.255, 192.0.2.1', 'vpn | lte', 2],
      ['DstPort', '25, 80-90', 'REJECT', -1],
      ['AND', 'b.test; 443; some clients', 'vpn | lte', 1],
      ['Match', '', 'Race', -1],
      ['Match', '', 'Race', -1],
    ],
  );
  assert.deepEqual(clashRules(undefined, lines, 'Race'), [{ type: 'Match', payload: '', proxy: 'Race', size: -1 }]);
});

test('the configuration tells where the proxy listens', () => {
  const listener = (ip: string, port: number, protocols: Listener['protocols']): Listener => ({
    ...{ number: 0, name: '', address: '', wantsUser: false, allowClients: [], proxyFrom: [], protocols },
    endpoint: { ip: parseIp(ip) as Uint8Array, port },
  });
  const one = configsOf([listener('127.0.0.1', 1080, ['socks5', 'http'])], defaultOptions());
  const { port, mode, tun } = one;
  assert.deepEqual(
    [one['mixed-port'], port, one['socks-port'], one['allow-lan'], mode, one['log-level'], tun],
    [...[1080, 0, 0, false, 'rule', 'info', { enable: false }]],
  );
  const two = configsOf([listener('0.0.0.0', 8080, ['http']), listener('::1', 1080, ['socks5'])], defaultOptions());
  assert.deepEqual([two['mixed-port'], two.port, two['socks-port'], two['allow-lan']], [0, 8080, 1080, true]);
  assert.equal(two['bind-address'], '0.0.0.0');
  const asked = ['debug', 'info', 'warning', 'error', 'silent'].map((level) => levelAsked({ 'log-level': level }));
  assert.deepEqual(asked, ['debug', 'info', 'warn', 'error', 'silent']);
  for (const change of [
    { 'log-level': 'loud' },
    { 'log-level': 'info', mode: 'rule' },
    {},
    [],
    null,
    'info',
    undefined,
  ]) {
    assert.equal(levelAsked(change), undefined, JSON.stringify(change));
  }
});

test('levels and intervals are read as dashboards write them', () => {
  assert.deepEqual(['debug', 'info', 'warning', 'error', undefined].map(levelOf), [
    'trace',
    'info',
    'warn',
    'error',
    'info',
  ]);
  assert.deepEqual(['silent', 'loud', '', '__proto__'].map(levelOf), [null, undefined, undefined, undefined]);
  assert.deepEqual(
    ['2000', '1', '999999', '1e9', '', undefined].map(intervalOf),
    [2000, 1000, 60_000, 1000, 1000, 1000],
  );
});

test('traffic and the log are told as they come', () => {
  let hear: Hear = () => {};
  let wants: Wants = {};
  let isOver = false;
  const feed = {
    subscribe(wanted: Wants, hearing: Hear) {
      [wants, hear] = [wanted, hearing];
      return () => {
        isOver = true;
      };
    },
  };
  const told: object[] = [];
  const send = (value: object): boolean => told.push(value) > 0;
  const end = traffic(feed)(send);
  hear({ at: AT });
  const still = { live: 0, opened_per_s: 0, ended_per_s: 0, failed_per_s: 0, lines: [] };
  const none = { ...still, flows: 0, datagrams_up_per_s: 0, datagrams_down_per_s: 0 };
  hear({ at: AT, traffic: { bytes_up_per_s: 1, bytes_down_per_s: 2, bytes_up: 3, bytes_down: 4, ...none } });
  assert.deepEqual(told.splice(0), [{ up: 1, down: 2, upTotal: 3, downTotal: 4 }]);
  end?.();
  assert.equal(isOver, true);
  const line = { at: AT, level: 'warn' as const, message: 'line is down', fields: { line: 'vpn', lines_left: 1 } };
  logLines(feed, 'warn', false)(send);
  assert.deepEqual(wants, { log: 'warn' });
  hear({ at: AT, log: { lines: [line], left_out: 0 } });
  assert.deepEqual(told.splice(0), [{ type: 'warning', payload: 'line is down line=vpn lines_left=1' }]);
  logLines(feed, 'trace', true)(send);
  hear({ at: AT, log: { lines: [line], left_out: 0 } });
  const fields = [
    { key: 'line', value: 'vpn' },
    { key: 'lines_left', value: '1' },
  ];
  assert.deepEqual(told.splice(0), [{ time: AT, level: 'warning', message: 'line is down', fields }]);
});

test('what is repeated is told at once, is never asked for twice at a time, and ends', async () => {
  let asked = 0;
  let answer: (value: object) => void = () => {};
  const told: object[] = [];
  const end = repeated(1, () => {
    asked += 1;
    return new Promise((resolve) => {
      answer = resolve;
    });
  })((value) => told.push(value) > 0);
  assert.equal(asked, 1);
  const first = answer;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(asked, 1);
  first({ n: 1 });
  await until('it is asked for again', () => asked === 2);
  assert.deepEqual(told, [{ n: 1 }]);
  end?.();
  answer({ n: 2 });
  await new Promise(setImmediate);
  assert.deepEqual(told, [{ n: 1 }]);
});

test('dashboards read proxies, select one, and measure delays', async (t) => {
  const world = new LinesWorld(t);
  const proxies = async (): Promise<Record<string, { now?: string }>> =>
    (await world.ask('GET', '/proxies')).body['proxies'];
  const status = async (method: string, path: string, body?: object): Promise<number> => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) };
    return (await world.app.request(path, init)).status;
  };
  const names = ['GLOBAL', 'TcpRoute', 'Race', 'direct', 'de/1 > far', 'lte'];
  assert.deepEqual(Object.keys(await proxies()), names);
  assert.equal(await status('PUT', '/proxies/TcpRoute', { name: 'de/1 > far' }), 204);
  assert.equal((await proxies())['TcpRoute']?.now, 'de/1 > far');
  const far = `/proxies/${encodeURIComponent('de/1 > far')}`;
  assert.equal((await world.ask('GET', far)).body['type'], 'Socks5');
  assert.equal(await status('DELETE', '/proxies/GLOBAL'), 204);
  assert.equal((await proxies())['TcpRoute']?.now, 'Race');
  assert.deepEqual(await world.ask('PUT', '/proxies/Race', { name: 'lte' }), {
    status: 400,
    body: { message: 'Must be a Selector' },
  });
  assert.equal(await status('PUT', '/proxies/TcpRoute', { nome: 'lte' }), 400);
  assert.equal(await status('PUT', '/proxies/TcpRoute'), 400);
  assert.equal(await status('GET', '/proxies/nobody'), 404);
  assert.equal(await status('GET', '/proxies/__proto__'), 404);

  const url = encodeURIComponent('http://www.gstatic.com/generate_204');
  world.dialled = { code: 'answered', address: '192.0.2.80:80', connect_ms: 20.2, first_byte_ms: 30.1 };
  assert.deepEqual(await world.ask('GET', `${far}/delay?url=${url}&timeout=5000`), {
    status: 200,
    body: { delay: 50 },
  });
  assert.deepEqual(
    [world.dials[0]?.line, world.dials[0]?.timeout_ms, world.dials[0]?.target.host],
    [...[1, 5000, 'www.gstatic.com']],
  );
  const all = await world.ask('GET', `/group/TcpRoute/delay?url=${url}&timeout=5000`);
  assert.deepEqual(all, { status: 200, body: { direct: 50, 'de/1 > far': 50, lte: 50 } });
  world.dialled = { code: 'unanswered', address: '192.0.2.80:80', connect_ms: 20 };
  const none = await world.ask('GET', `/proxies/lte/delay?url=${url}&timeout=5000`);
  assert.deepEqual(none, { status: 503, body: { message: 'An error occurred in the delay test' } });
  assert.equal(await status('GET', '/proxies/lte/delay?url=nothing%20known&timeout=5000'), 400);
  assert.equal(await status('GET', `/proxies/lte/delay?url=${url}&timeout=soon`), 400);
  assert.equal(await status('GET', `/proxies/nobody/delay?url=${url}&timeout=5000`), 404);
  assert.equal(await status('GET', `/group/lte/delay?url=${url}&timeout=5000`), 404);
  world.hasRoutes = false;
  assert.equal(await status('GET', '/proxies'), 503);
});

test('dashboards read rules and the configuration, and what they cannot change here says so', async (t) => {
  const { app } = new LinesWorld(t);
  assert.deepEqual(Object.keys((await (await app.request('/rules')).json()) as object), ['rules']);
  assert.equal((await app.request('/configs')).status, 200);
  for (const kind of ['proxies', 'rules']) {
    assert.deepEqual(await (await app.request(`/providers/${kind}`)).json(), { providers: {} });
  }
  const patched = await app.request('/configs', { method: 'PATCH', body: '{"mode":"global"}' });
  assert.equal(patched.status, 400);
  assert.match(((await patched.json()) as { message: string }).message, /only the log-level/);
  assert.equal((await app.request('/logs?level=loud')).status, 400);
  const memory = await app.request('/memory');
  const reader = memory.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  assert.match(Buffer.from(value ?? []).toString(), /^\{"inuse":\d+,"oslimit":0\}\n$/);
  await reader?.cancel();
});
