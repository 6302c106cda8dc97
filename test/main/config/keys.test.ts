import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Diagnostics } from '../../../src/main/config/diagnostics/diagnostics.js';
import { placeOf } from '../../../src/main/config/diagnostics/place.js';
import { KEYS } from '../../../src/main/config/keys.js';
import { errorsIn, errorsOf, listensAt, loadJson, loadText, optionsOf } from './load-text.js';

test("every key has a doc and an environment variable that is the key's path in capitals", () => {
  for (const { path, setting } of KEYS) {
    const words = path === 'IpBlacklist' ? 'IP_BLACKLIST' : path.replaceAll('.', '_').toUpperCase();
    assert.equal(setting.env, `TCPROUTE_${words}`);
    assert.match(setting.doc, /\.$/);
  }
});

test('every number has a least and a greatest value, and neither a fraction nor a text is one', () => {
  // A number of bytes may be a text: checks/users/users.test.ts.
  const integers = KEYS.filter(
    ({ path, setting }) => typeof setting.default === 'number' && !path.endsWith('bytes_max'),
  );
  assert.equal(integers.length, 55);
  for (const { path, setting } of integers) {
    const [, min, max] = (
      /^(?:0, or )?an integer from (\d+) to (\d+)(?: \((?:milli)?seconds\), or a text with a unit: "300ms", .*)?$/.exec(
        setting.allowed,
      ) ?? []
    ).map(Number);
    const passes = (value: unknown) => setting.check(value, placeOf(path), new Diagnostics()) === value;
    assert.deepEqual([passes(min), passes(max), passes(setting.default)], [true, true, true], path);
    for (const wrong of [Number(min) - 1, Number(max) + 1, 1.5, '1', null, true, [], {}]) {
      assert.equal(passes(wrong), false, `${path}: ${String(wrong)}`);
    }
  }
});

test('sections must be objects, and the whole must be one', () => {
  assert.deepEqual(errorsIn({ race: 5 }), [
    'race: 5 is not allowed; allowed: an object with until, attempts_max, line_attempts_max, total_attempts_max, connect_timeout_ms, stagger_ms, first_byte_ms, margin_ms, hold_ms, early_probe_interval_s',
  ]);
  const whole = 'is not allowed; allowed: an object with the keys of the configuration';
  assert.deepEqual(errorsOf(loadText('c.json', '[1]')), [`c.json: [1] ${whole}`]);
  assert.deepEqual(errorsOf(loadText('c.json', 'null')), [`c.json: null ${whole}`]);
});

test('an unknown key that resembles none lists all, and its value is not shown', () => {
  const [error] = errorsIn({ zzzzzz: 'secret' });
  assert.match(error ?? '', /^zzzzzz: unknown key; allowed: log_level, log, host, port, .*, dns$/);
});

test('keys that JavaScript gives a meaning are unknown keys like any other', () => {
  for (const key of ['__proto__', 'constructor', 'toString', 'a.b']) {
    const errors = errorsOf(loadText('c.json', `{"${key}": {"prototype": {"port": 1}}}`));
    assert.equal(errors.length, 1, key);
    assert.match(errors[0] ?? '', /unknown key/);
  }
});

test('log levels are read in any letter case and by the names of Python', () => {
  const level = (log_level: string) => optionsOf(loadJson({ log_level })).log_level;
  assert.equal(level('DEBUG'), 'debug');
  assert.equal(level('Warning'), 'warn');
  assert.equal(level('CRITICAL'), 'fatal');
  assert.equal(level('NOTSET'), 'trace');
  assert.equal(level('silent'), 'silent');
  const allowed = 'trace, debug, info, warn, error, fatal, silent (also NOTSET, WARNING, CRITICAL; in any letter case)';
  assert.deepEqual(errorsIn({ log_level: 'loud' }), [`log_level: "loud" is not allowed; allowed: ${allowed}`]);
  assert.deepEqual(errorsIn({ log_level: 'constructor' }), [
    `log_level: "constructor" is not allowed; allowed: ${allowed}`,
  ]);
});

test('the level may also stand in the section of the log', () => {
  assert.equal(optionsOf(loadJson({ log: { level: 'WARNING' } })).log_level, 'warn');
  assert.equal(optionsOf(loadJson({ 'log.level': 'debug' })).log_level, 'debug');
  assert.deepEqual(errorsIn({ log: { level: 'loud' } }).length, 1);
  assert.deepEqual(errorsIn({ log: { level: 'info' }, log_level: 'info' }), [
    'log_level: the same key is at c.json: line 1: log.level; allowed: each key once',
  ]);
  assert.deepEqual(errorsIn({ log: { levle: 'info' } }), ['log.levle: unknown key; did you mean "level"?']);
  assert.deepEqual(errorsIn({ log: 'info' }), [
    'log: "info" is not allowed; allowed: an object with level, destination, format, access',
  ]);
});

test('the log goes to a stream or to a file in a folder that exists, which may be no state file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-keys-'));
  const path = join(folder, 'x.log');
  const to = (destination: unknown) => ({ log: { destination } });
  for (const stream of ['stdout', 'stderr']) assert.equal(optionsOf(loadJson(to(stream))).log.destination, stream);
  assert.equal(optionsOf(loadJson(to(path))).log.destination, path);
  const allowed = 'allowed: stdout, stderr, or the path of a file, in a directory that exists';
  for (const wrong of [folder, join(folder, 'none', 'x.log'), '', 5, null]) {
    assert.deepEqual(errorsIn(to(wrong)), [`log.destination: ${JSON.stringify(wrong)} is not allowed; ${allowed}`]);
  }
  assert.deepEqual(errorsIn({ log: { format: 'xml' } }), [
    'log.format: "xml" is not allowed; allowed: auto, pretty, json',
  ]);
  assert.deepEqual(errorsIn({ ...to(path), dns: { state_file: path } }), [
    `log.destination: ${JSON.stringify(path)} is a state file, too`,
  ]);
  rmSync(folder, { recursive: true });
});

test('the file of the process number is in a folder that exists, and is no file that is used otherwise', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-keys-'));
  const pid_file = join(folder, 'pid');
  assert.equal(optionsOf(loadJson({ pid_file })).pid_file, pid_file);
  assert.equal(optionsOf(loadJson({ pid_file: null })).pid_file, null);
  for (const wrong of [folder, join(folder, 'none', 'pid'), '', 5]) {
    const allowed = 'the path of a file, in a directory that exists; null for none';
    assert.deepEqual(errorsIn({ pid_file: wrong }), [
      `pid_file: ${JSON.stringify(wrong)} is not allowed; allowed: ${allowed}`,
    ]);
  }
  for (const [key, other] of Object.entries({
    'cache.state_file': { cache: { state_file: pid_file } },
    'dns.state_file': { dns: { state_file: pid_file } },
    budget_state_file: { budget_state_file: pid_file },
    'log.destination': { log: { destination: pid_file } },
    'log.access.destination': { log: { access: { enabled: 'on', destination: pid_file } } },
  })) {
    assert.deepEqual(errorsIn({ pid_file, ...other }), [`pid_file: ${JSON.stringify(pid_file)} is ${key}, too`]);
  }
  rmSync(folder, { recursive: true });
});

test('what a gateway starts from is an admin API, a URL or a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-keys-'));
  const from = (start_from: unknown) => optionsOf(loadJson({ cache: { start_from } })).cache.start_from;
  assert.equal(from(null), null);
  assert.equal(from('http://10.0.0.2:9090'), 'http://10.0.0.2:9090/api/v1/routes/snapshot');
  assert.equal(from('/var/backups/routes'), '/var/backups/routes');
  assert.equal(from('unix:/run/tcproute/admin'), 'unix:/run/tcproute/admin');
  for (const wrong of ['', 5, 'ftp://a.test/x', 'http://me:secret@a.test/', 'https:a.test', 'unix:', 'a'.repeat(5000)])
    assert.match(errorsIn({ cache: { start_from: wrong } }).join(), /^cache.start_from: .* allowed: a URL of http/);
  assert.doesNotMatch(errorsIn({ cache: { start_from: 'http://me:hunter2@a.test/' } }).join(), /hunter2/);
  const token = join(folder, 'token');
  writeFileSync(token, 'a-token-of-the-tests\n', { mode: 0o600 });
  const { start_from_token_file } = optionsOf(loadJson({ cache: { start_from_token_file: token } })).cache;
  assert.deepEqual(start_from_token_file, { path: token, token: 'a-token-of-the-tests' });
  rmSync(folder, { recursive: true });
});

test("the spellings of TcpRoute's prose are accepted, without a warning", () => {
  const loaded = loadJson({ logLevel: 'DEBUG', nameserversBackup: '8.8.8.8' });
  assert.equal(optionsOf(loaded).log_level, 'debug');
  assert.equal(optionsOf(loaded).nameservers_backup[0]?.id, 'udp://8.8.8.8:53');
  assert.deepEqual(loaded.warnings, []);
  assert.match(errorsIn({ logLevel: 5 })[0] ?? '', /^logLevel: 5 is not allowed/);
});

test('both spellings of a key may say the same, but not differ', () => {
  assert.equal(optionsOf(loadJson({ logLevel: 'warn', log_level: 'warn' })).log_level, 'warn');
  assert.deepEqual(errorsIn({ nameserversBackup: ['1.1.1.1'], nameservers_backup: ['8.8.8.8'] }), [
    'nameserversBackup: ["1.1.1.1"] differs from ["8.8.8.8"], which is the same key at c.json: line 1: nameservers_backup; allowed: one of them',
  ]);
});

test('host is an IP address in canonical form', () => {
  const host = (text: string) => {
    const loaded = loadJson({ host: text, allow_clients: ['10.0.0.0/8'] });
    return [listensAt(loaded).host, loaded.warnings.length];
  };
  assert.deepEqual(host('127.0.0.9'), ['127.0.0.9', 0]);
  assert.deepEqual(host('0:0::1'), ['::1', 0]);
  assert.deepEqual(host('[0:0::1]'), ['::1', 0]);
  assert.deepEqual(host('0.0.0.0'), ['0.0.0.0', 0]);
  assert.deepEqual(host('::'), ['::', 0]);
  assert.deepEqual(host('2001:DB8::1'), ['2001:db8::1', 0]);
  for (const wrong of ['localhost', '', '127.1', '010.0.0.1', '1.2.3.456', '[127.0.0.1]', '::1%lo', ' ::1', 1, null]) {
    assert.equal(errorsIn({ host: wrong }).length, 1, String(wrong));
  }
});

test('IpBlacklist is canonical, without repeats, and skips with a warning whatever is no address', () => {
  const loaded = loadJson({ IpBlacklist: ['2001:DB8::1', '::ffff:1.2.3.4', '1.2.3.4', '10.0.0.0/8', 7, null, 'x'] });
  assert.deepEqual(optionsOf(loaded).blacklist, ['2001:db8::1', '1.2.3.4', '10.0.0.0/8']);
  assert.deepEqual(
    loaded.warnings.map((warning) => warning.replace('is not an IP address or range: skipped', '')),
    [
      'c.json: line 1: IpBlacklist[4]: 7 ',
      'c.json: line 1: IpBlacklist[5]: null ',
      'c.json: line 1: IpBlacklist[6]: "x" ',
    ],
  );
  assert.equal(errorsIn({ IpBlacklist: 7 }).length, 1);
});

test('the egress policy is in its one spelling, and holds by default where other machines may come', () => {
  const egress = { deny: ['10.9.8.7/8', 'private', '10.0.0.0/8'], allow: ['::ffff:10.0.0.5', '[fd00::/8]:22'] };
  assert.deepEqual(optionsOf(loadJson({ egress })).egress, {
    deny: ['10.0.0.0/8', 'private'],
    allow: ['10.0.0.5', '[fd00::/8]:22'],
    guarded: false,
  });
  const guarded = (host: string): boolean => optionsOf(loadJson({ host, allow_clients: '10.0.0.0/8' })).egress.guarded;
  assert.deepEqual(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].map(guarded), [false, false, false, false]);
  assert.deepEqual(['0.0.0.0', '::', '192.0.2.1', '::ffff:192.0.2.1'].map(guarded), [true, true, true, true]);
  const errors = errorsIn({ egress: { deny: ['privat', 7], allow: { own: true }, open: [] } });
  assert.deepEqual(errors.map((error) => error.replace(/; allowed: .*/, '')).sort(), [
    'egress.allow: {"own":true} is not allowed',
    'egress.deny[0]: "privat" is not allowed',
    'egress.deny[1]: 7 is not allowed',
    'egress.open: unknown key',
  ]);
});

test('a collector of traces is a URL of http or https, and needs the thread that makes them', () => {
  const urlOf = (traces_endpoint: string): unknown =>
    optionsOf(loadJson({ admin: { listen: '127.0.0.1:0', traces_endpoint } })).admin.traces_endpoint;
  assert.equal(urlOf('HTTP://Collector.test:4318/v1/traces#x'), 'http://collector.test:4318/v1/traces');
  assert.equal(urlOf('https://[::1]'), 'https://[::1]/');
  for (const traces_endpoint of ['collector.test:4318', 'ftp://a.test/', 'http:a.test', 'http://u:p@a.test/', '', 7])
    assert.match(
      errorsIn({ admin: { traces_endpoint } }).join(),
      /^admin.traces_endpoint: .* is not allowed; allowed: a URL/,
    );
  assert.match(errorsIn({ admin: { traces_percent: 0.5 } }).join(), /^admin.traces_percent: 0.5 is not allowed/);
  const { warnings } = loadJson({ admin: { traces_endpoint: 'http://a.test/' } });
  assert.match(warnings.join(), /admin.traces_endpoint: no traces are made without admin.listen/);
});

test('a place of admin is an address with a port or a Unix socket, and one that others can reach needs a token', () => {
  const placeOf = (listen: unknown): unknown => optionsOf(loadJson({ admin: { listen } })).admin.listen;
  assert.deepEqual(placeOf('127.0.0.1:9090'), { kind: 'internet', host: '127.0.0.1', port: 9090 });
  assert.deepEqual(placeOf('[::1]:0'), { kind: 'internet', host: '::1', port: 0 });
  assert.deepEqual(placeOf('unix:/tmp/admin'), { kind: 'unix', path: '/tmp/admin', mode: 0o600 });
  assert.deepEqual(placeOf('/tmp/admin'), placeOf({ unix: '/tmp/admin', mode: '0600' }));
  for (const listen of ['localhost:9090', '9090', '127.0.0.1', '127.0.0.1:65536', '::1:9090', 7, ['127.0.0.1:1']])
    assert.match(errorsIn({ admin: { listen } }).join(), /^admin.listen: .* is not allowed/);
  assert.match(errorsIn({ admin: { listen: '0.0.0.0:9090' } }).join(), /other machines .* needed: admin.token_file/);
  assert.match(errorsIn({ port: 9090, admin: { listen: '127.0.0.1:9090' } }).join(), /clients of the proxy come there/);
  assert.match(
    errorsIn({ admin: { token_file: '/nowhere/token' } }).join(),
    /^admin.token_file: the file does not exist/,
  );
  const origins = ['HTTPS://A.test/', 'http://localhost:3000'];
  assert.deepEqual(optionsOf(loadJson({ admin: { origins } })).admin.origins, ['https://a.test', origins[1]]);
  assert.match(errorsIn({ admin: { origins: ['a.test'], hosts: ['a b'] } }).join(), /admin.origins.*admin.hosts/);
});
