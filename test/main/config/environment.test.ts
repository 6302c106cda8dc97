import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEYS } from '../../../src/main/config/keys.js';
import { errorsOf, listensAt, loadJson, optionsOf } from './load-text.js';

const ids = (servers: readonly { readonly id: string }[]) => servers.map(({ id }) => id);
const fromEnvironment = (environment: Record<string, string>) => loadJson({}, { environment });

test('every number can come from the environment', () => {
  for (const { path, setting } of KEYS) {
    if (typeof setting.default !== 'number') continue;
    // A month begins on a day that every month has.
    const given = path.endsWith('_day') ? 7 : path === 'udp.queued_bytes_max' ? 75_000 : 75;
    const loaded = fromEnvironment({ [setting.env]: ` ${given} ` });
    const options = path === 'port' ? listensAt(loaded) : optionsOf(loaded);
    const value = path.split('.').reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], options);
    assert.equal(value, given, path);
  }
});

test('words, lists and the upstream tree', () => {
  const loaded = fromEnvironment({
    TCPROUTE_LOG_LEVEL: 'DEBUG',
    TCPROUTE_HOST: '::1',
    TCPROUTE_ENGINE: 'epoll',
    TCPROUTE_NAMESERVERS: '8.8.8.8, [::1]:5353',
    TCPROUTE_NAMESERVERS_BACKUP: '["1.1.1.1"]',
    TCPROUTE_IP_BLACKLIST: '1.2.3.4',
    TCPROUTE_UPSTREAM: '{type: "direct", source_ip: "127.0.0.2"}',
  });
  const { log_level, engine, nameservers, nameservers_backup, blacklist, lines } = optionsOf(loaded);
  assert.deepEqual([log_level, engine, blacklist], ['debug', 'epoll', ['1.2.3.4']]);
  assert.equal(listensAt(loaded).host, '::1');
  assert.deepEqual(ids(nameservers), ['udp://8.8.8.8:53', 'udp://[::1]:5353']);
  assert.deepEqual(ids(nameservers_backup), ['udp://1.1.1.1:53']);
  assert.equal(lines[0]?.name, 'direct 127.0.0.2');
  assert.deepEqual(loaded.warnings, []);
});

test('one server in brackets is not a JSON list, and [] is an empty one', () => {
  assert.deepEqual(ids(optionsOf(fromEnvironment({ TCPROUTE_NAMESERVERS: '[::1]:53' })).nameservers), [
    'udp://[::1]:53',
  ]);
  assert.deepEqual(optionsOf(fromEnvironment({ TCPROUTE_NAMESERVERS_BACKUP: '[]' })).nameservers_backup, []);
  assert.deepEqual(optionsOf(fromEnvironment({ TCPROUTE_IP_BLACKLIST: '[]' })).blacklist, []);
});

test('a mistake names the variable and the path within', () => {
  const allowed =
    'a line: an object with a "type" (direct, socks5, socks4, http, https, multipath), "direct", socks5://[user:password@]host:port, http://[user:password@]host:port, https://…, socks4://[user@]host:port, or a list of lines';
  const wrong: readonly (readonly [string, string, string])[] = [
    ['TCPROUTE_PORT', '7070x', '"7070x" is not allowed; allowed: an integer from 0 to 65535'],
    ['TCPROUTE_PORT', '1e3', '"1e3" is not allowed; allowed: an integer from 0 to 65535'],
    ['TCPROUTE_LIMITS_CONNECTIONS_MAX', '-1', '-1 is not allowed; allowed: an integer from 0 to 10000000'],
    ['TCPROUTE_ENGINE', 'kqueue', '"kqueue" is not allowed; allowed: auto, uring, epoll'],
    ['TCPROUTE_UPSTREAM', '{"type"', `line 1, column 8: invalid end of input; allowed: ${allowed}`],
    ['TCPROUTE_UPSTREAM', '{type:"socks5",host:"a"}', 'port: missing; needed: the port of the proxy'],
    ['TCPROUTE_UPSTREAM', '5', `5 is not allowed; allowed: ${allowed}`],
  ];
  for (const [variable, text, error] of wrong) {
    assert.deepEqual(errorsOf(fromEnvironment({ [variable]: text })), [`${variable}: ${error}`]);
  }
  const url = fromEnvironment({ TCPROUTE_UPSTREAM: 'socks5://u:hunter2@a:1' });
  assert.doesNotMatch(errorsOf(url).join(), /hunter2/);
});

test('an empty variable is as good as none, and an unknown one is warned of', () => {
  const loaded = fromEnvironment({ TCPROUTE_PORT: '', TCPROUTE_HOTS: 'x', PATH: '/bin' });
  assert.equal(listensAt(loaded).port, 7070);
  assert.deepEqual(loaded.warnings, [
    'TCPROUTE_HOTS: not a variable of the configuration; did you mean "TCPROUTE_HOST"?',
  ]);
});
