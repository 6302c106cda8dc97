// Values in the forms in which people write them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { errorsIn, errorsOf, listensAt, loadJson, loadText, optionsOf } from './load-text.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-forms-'));
after(() => rmSync(directory, { recursive: true }));
const linesOf = (upstream: unknown) => optionsOf(loadJson({ upstream })).lines;

test('a proxy as a URL, "direct", and a bare list of lines', () => {
  const lines = linesOf([
    'direct',
    'socks5://10.0.0.1:1080',
    'socks5://us%40er:p%3Ass@[2001:DB8::1]:1081/',
    { type: 'socks5', host: 'b', port: 2, upstream: 'socks5h://Proxy.Example:1' },
    { type: 'multipath', list: ['socks5://c:3'] },
  ]);
  assert.deepEqual(
    lines.map(({ name }) => name),
    ['direct', 'socks5 10.0.0.1:1080', 'socks5 [2001:db8::1]:1081', 'socks5 proxy.example:1 > b:2', 'socks5 c:3'],
  );
  assert.deepEqual(lines[2]?.hops, [
    { kind: 'socks5', host: '2001:db8::1', port: 1081, username: 'us@er', password: 'p:ss' },
  ]);
  const [http, plain, user] = linesOf(['http://us%40er:p%3Ass@a:8080', 'socks4a://b:1', 'socks4://us%40er@c:2']);
  assert.deepEqual(http?.hops, [{ kind: 'http', host: 'a', port: 8080, username: 'us@er', password: 'p:ss' }]);
  assert.deepEqual(plain?.hops, [{ kind: 'socks4', host: 'b', port: 1, username: undefined, password: undefined }]);
  assert.deepEqual(user?.hops, [{ kind: 'socks4', host: 'c', port: 2, username: 'us@er', password: undefined }]);
  const fromEnvironment = (TCPROUTE_UPSTREAM: string) =>
    optionsOf(loadJson({}, { environment: { TCPROUTE_UPSTREAM } })).lines[0];
  assert.equal(fromEnvironment('direct')?.name, 'direct');
  assert.equal(fromEnvironment('socks5://u:{["x@a:1')?.hops[0]?.password, '{["x');
  assert.equal(fromEnvironment('["socks5://a:1"]')?.name, 'socks5 a:1');
  assert.equal(fromEnvironment('http://a:1')?.name, 'http a:1');
  assert.equal(fromEnvironment('socks4a://a:1')?.name, 'socks4 a:1');
});

test('a URL that is none is refused without its password', () => {
  for (const url of [
    'socks5://u:hunter2@h',
    'socks5://u:hunter2@h:0',
    'socks5://u:hunter2@h:99999',
    'socks5://u:hunter2@h:1/path',
    'socks5://u:hun%2@h:1',
    'socks5://hunter2@h:1',
    'socks5://u:@h:1',
    'ftp://u:hunter2@h:1',
    'http://u:hunter2@h',
    'http://hunter2@h:1',
    'socks4://u:hunter2@h:1',
    'socks5://u:hunter2@a b:1',
    'dierct',
  ]) {
    const errors = [...errorsIn({ upstream: url }), ...errorsIn({ upstream: [url] })];
    assert.ok(errors.length >= 2, url);
    assert.doesNotMatch(errors.join(), /hunter2/);
  }
});

const TIMES = 'or a text with a unit: "300ms", "90s", "5m", "5 min", "1.5h", "2d"';

test('times with a unit, where a setting is a time', () => {
  const text =
    'idle_timeout_ms: 5m\nrace: {hold_ms: 1.5s}\ncache: {ttl_s: 2h}\ndrain_timeout_ms: 250 ms\ndns: {bad_ttl_s: 1d}';
  const options = optionsOf(loadText('c.yaml', text));
  assert.deepEqual(
    [
      options.idle_timeout_ms,
      options.race.hold_ms,
      options.cache.ttl_s,
      options.drain_timeout_ms,
      options.dns.bad_ttl_s,
    ],
    [300_000, 1500, 7200, 250, 86_400],
  );
  assert.equal(optionsOf(loadJson({}, { environment: { TCPROUTE_CACHE_TTL_S: '10m' } })).cache.ttl_s, 600);
  assert.deepEqual(errorsIn({ cache: { ttl_s: '1ms' } }), [
    `cache.ttl_s: "1ms" is not allowed; allowed: an integer from 1 to 604800 (seconds), ${TIMES}`,
  ]);
  assert.deepEqual(errorsIn({ cache: { ttl_s: '300' }, idle_timeout_ms: '5 minutes' }), [
    `cache.ttl_s: "300" is not allowed; allowed: an integer from 1 to 604800 (seconds), ${TIMES}; a number stands without quotes`,
    `idle_timeout_ms: "5 minutes" is not allowed; allowed: an integer from 0 to 604800000 (milliseconds), ${TIMES}`,
  ]);
  for (const [, right] of TIMES.matchAll(/"([^"]+)"/g)) {
    assert.deepEqual(errorsIn({ dns: { timeout_ms: right === '2d' ? '1d' : right } }), [], right);
  }
  assert.match(errorsIn({ port: '7070' })[0] ?? '', /; a number stands without quotes$/);
  for (const wrong of ['5', '-5m', '5 weeks', 'm', '9999999d']) {
    assert.equal(errorsIn({ cache: { ttl_s: wrong } }).length, 1, wrong);
  }
  assert.equal(errorsIn({ port: '5m' }).length, 1);
});

test('true and false for on and off', () => {
  const dns = (enabled: unknown, ipv6: unknown) => {
    const { dns } = optionsOf(loadJson({ dns: { probe: { enabled }, ipv6 } }));
    return [dns.probe.enabled, dns.ipv6];
  };
  assert.deepEqual(dns(false, true), ['off', 'on']);
  assert.deepEqual(dns(true, false), ['on', 'off']);
  const environment = { TCPROUTE_DNS_PROBE_ENABLED: 'false' };
  assert.equal(optionsOf(loadJson({}, { environment })).dns.probe.enabled, 'off');
  assert.equal(errorsIn({ engine: true }).length, 1);
});

test('addresses in brackets and names with a star', () => {
  const loaded = loadJson({
    host: '[::1]',
    hosts: { 'a.test': '[2001:db8::1]' },
    IpBlacklist: ['[2001:db8::1]', '[2001:db8::]/32'],
    rules: [{ domain_suffix: '*.example.com', cidr: '[::1]', block: true }],
    dns: { rebind_allow: ['*.lan'] },
  });
  const { hosts, blacklist, rules, dns } = optionsOf(loaded);
  assert.deepEqual(
    [listensAt(loaded).host, hosts, blacklist],
    ['::1', { 'a.test': ['2001:db8::1'] }, ['2001:db8::1', '2001:db8::/32']],
  );
  assert.deepEqual([rules[0]?.destinations?.domain_suffix, rules[0]?.destinations?.cidr], [['example.com'], ['::1']]);
  assert.deepEqual(dns.rebind_allow, ['lan']);
  // One name is one name.
  assert.equal(errorsIn({ rules: [{ domain: '*.example.com', block: true }] }).length, 1);
  for (const wrong of ['[1.2.3.4]', '[::1', '[[::1]]']) assert.equal(errorsIn({ host: wrong }).length, 1, wrong);
});

test('a source address that the machine does not have is a warning', () => {
  const warnings = (source_ip: string) => loadJson({ upstream: { type: 'direct', source_ip } }).warnings;
  assert.deepEqual(warnings('192.0.2.10'), [
    'c.json: line 1: upstream.source_ip: 192.0.2.10 is not an address of this machine now: the line fails until it is',
  ]);
  for (const own of ['127.0.0.1', '127.9.9.9', '0.0.0.0', '::']) assert.deepEqual(warnings(own), [], own);
});

test('lines of a list that are no entries are passed over and counted, unless the rule is strict or none is one', () => {
  const list = join(directory, 'list.txt');
  writeFileSync(list, 'a.test\nno name\n*.b.test\n1.2.3.4\n');
  const rule = { domain_suffix_file: list, block: true };
  const what = 'is not a host name, with or without a leading dot or "*."';
  assert.deepEqual(loadJson({ rules: [rule] }).warnings, [
    `c.json: line 1: rules[0].domain_suffix_file: ${list}: 2 lines are passed over (line 2: "no name" ${what})`,
  ]);
  assert.deepEqual(errorsIn({ rules: [{ ...rule, strict: true }] }), [
    `rules[0].domain_suffix_file: ${list}: line 2: "no name" ${what}`,
    `rules[0].domain_suffix_file: ${list}: line 4: "1.2.3.4" ${what}, but one for cidr_file`,
  ]);
  writeFileSync(list, '<html>\n<body>\n');
  assert.equal(errorsOf(loadJson({ rules: [rule] })).length, 2);
});

test('names of lines that there are not are told with all other mistakes', () => {
  const tree = {
    port: -1,
    upstream: { type: 'direct', name: 'a' },
    rules: [{ use: ['b'] }, { port: 0, use: ['c'] }, 7],
    nameservers: [{ server: 'tcp://1.1.1.1', via: 'd' }, 'x'],
  };
  const errors = errorsIn(tree).map((error) => error.split(': ')[0]);
  assert.deepEqual(errors, [
    'port',
    'rules[1].port',
    'rules[2]',
    'nameservers[1]',
    'nameservers',
    'rules[0].use',
    'rules[1].use',
  ]);
});

test('words of other programs for a key are known as such', () => {
  assert.deepEqual(errorsIn({ bind: 'a', upstream: { type: 'socks5', address: 'a', user: 'b', port: 1 } }), [
    'bind: unknown key; did you mean "host"?',
    'upstream.address: unknown key; did you mean "host"?',
    'upstream.user: unknown key; did you mean "username"?',
    'upstream.host: missing; needed: the IP address or name of the proxy',
  ]);
  assert.deepEqual(errorsIn({ upstream: { type: 'socks5', host: 'a b', port: 0 } }), [
    'upstream.host: "a b" is not allowed; allowed: the IP address or name of the proxy itself',
    'upstream.port: 0 is not allowed; allowed: the port on which the proxy itself listens, from 1 to 65535',
  ]);
});
