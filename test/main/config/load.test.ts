import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { siteNameOf } from '../../../src/main/config/checks/share/names.js';
import { load } from '../../../src/main/config/load.js';
import { SCHEMA } from '../../../src/main/config/schema.js';
import { USUAL } from '../../../src/protocol/lines/preference.js';
import { loopbackListener } from '../../../src/protocol/listen-options.js';
import { errorsOf, listensAt, loadJson, loadText, optionsOf } from './load-text.js';

const SAMPLE = readFileSync(new URL('../../../../test/fixtures/tcproute-config.json', import.meta.url), 'utf8');
const ANY = { ip: undefined, port: 0 };

test("the sample of TcpRoute's readme loads unchanged, with a warning for INDO only", () => {
  const loaded = loadText('config.json', SAMPLE);
  const options = optionsOf(loaded);
  assert.deepEqual(loaded.warnings, [
    'config.json: line 2: log_level: "INDO", the misspelling in the sample configuration of TcpRoute, is read as "info"',
  ]);
  assert.equal(options.log_level, 'info');
  assert.deepEqual(listensAt(loaded), { host: '127.0.0.1', port: 7070 });
  const ids = (servers: readonly { readonly id: string }[]) => servers.map(({ id }) => id);
  assert.deepEqual(ids(options.nameservers), ['system']);
  assert.deepEqual(ids(options.nameservers_backup), [
    'udp://8.8.8.8:53',
    'udp://8.8.4.4:53',
    'udp://208.67.222.222:53',
    'udp://208.67.220.220:53',
  ]);
  const hop = { kind: 'socks5', host: '127.0.0.1', port: 5555, username: undefined, password: undefined };
  assert.deepEqual(options.lines, [
    { number: 0, name: 'direct', source: ANY, hops: [], isDirect: true, ...USUAL },
    { number: 1, name: 'socks5 127.0.0.1:5555', source: ANY, hops: [hop], isDirect: false, ...USUAL },
  ]);
  assert.deepEqual(options.blacklist, []);
});

test("the readme's blacklist is a second warning, and its good entry stays", () => {
  const loaded = loadText('c.json', SAMPLE.replace('[]', '["123.123.123.123","456.456.456.456"]'));
  assert.equal(loaded.warnings.length, 2);
  assert.equal(
    loaded.warnings[1],
    'c.json: line 29: IpBlacklist[1]: "456.456.456.456" is not an IP address or range: skipped',
  );
  assert.deepEqual(optionsOf(loaded).blacklist, ['123.123.123.123']);
});

test('without a file the defaults hold, and no warning is given', () => {
  const loaded = loadText('config.json', undefined);
  assert.deepEqual(loaded.warnings, []);
  assert.deepEqual(optionsOf(loaded), {
    log_level: 'info',
    log: { destination: 'stdout', format: 'auto', access: { enabled: 'off', destination: null, format: 'auto' } },
    listen: [loopbackListener(7070)],
    workers: availableParallelism(),
    engine: 'auto',
    control_socket: null,
    admin: {
      listen: null,
      token_file: null,
      allow: null,
      hosts: [],
      origins: [],
      traces_endpoint: null,
      traces_percent: 10,
    },
    share: {
      ...{ url: null, kind: 'single', sentinel_name: null, username: null, password_file: null },
      ...{ ca_file: null, cert_file: null, key_file: null, tls_name: null },
      ...{ site: 'main', gateway: siteNameOf(hostname()), secret_file: null, sign_key_file: null, gateways: [] },
      ...{ routes: true, news: true, limits: false, on_loss: 'local-share' },
    },
    pid_file: null,
    budget_state_file: null,
    budgets: [],
    drain_timeout_ms: 30_000,
    upgrade_drain_timeout_ms: 3_600_000,
    handshake_timeout_ms: 10_000,
    idle_timeout_ms: 3_600_000,
    half_closed_timeout_ms: 3_600_000,
    tcp_user_timeout_ms: 0,
    tcp_keepalive_s: 60,
    nameservers: [{ kind: 'system', id: 'system', host: '', port: 0, path: '', via: undefined }],
    nameservers_backup: [],
    hosts: {},
    blacklist: [],
    egress: { deny: [], allow: [], guarded: false },
    lines: [{ number: 0, name: 'direct', source: ANY, hops: [], isDirect: true, ...USUAL }],
    rules: [],
    users: undefined,
    limits: {
      connections_max: 0,
      end_idle_after_s: 300,
      client_connections_max: 0,
      client_rate: 0,
      client_handshakes_max: 0,
      user_connections_max: 0,
      user_rate: 0,
      user_bytes_max: 0,
      user_bytes_day: 1,
      lines_max: 256,
      pipes_max: 128,
      racing_max: 16,
    },
    udp: {
      ...{ enabled: true, advertise: null, ports: null, filter: 'endpoint', idle_s: 60, dns_idle_s: 10 },
      ...{ associations_max: 1000, client_associations_max: 64, flows_max: 65_536, association_flows_max: 1024 },
      ...{ queue_max: 32, queued_bytes_max: 4_194_304, way_fds_max: 1000 },
    },
    race: {
      until: 'first-byte',
      attempts_max: 16,
      line_attempts_max: 2048,
      total_attempts_max: 8192,
      connect_timeout_ms: 10_000,
      stagger_ms: 0,
      first_byte_ms: 150,
      margin_ms: 30,
      hold_ms: 1000,
      early_probe_interval_s: 3600,
    },
    cache: {
      ...{ ttl_s: 600, entries_max: 100_000, refresh_s: 0, state_file: null },
      ...{ start_from: null, start_from_token_file: null },
    },
    dns: {
      timeout_ms: 5000,
      try_timeout_ms: 2000,
      udp_retry_ms: 500,
      hold_ms: 300,
      udp_sockets_max: 256,
      stale_max_s: 86_400,
      stale_wait_ms: 200,
      prefetch_percent: 10,
      ipv6: 'auto',
      ca_file: undefined,
      ttl_min_s: 1,
      ttl_max_s: 3600,
      negative_ttl_s: 10,
      entries_max: 10_000,
      lookups_max: 4096,
      rebind_allow: [],
      trusted: [],
      bad_ttl_s: SCHEMA.dns.bad_ttl_s.default,
      bad_max: SCHEMA.dns.bad_max.default,
      state_file: null,
      probe: {
        enabled: 'on',
        names: SCHEMA.dns.probe.names.default,
        tlds: ['com', 'net', 'org'],
        phantom_servers: SCHEMA.dns.probe.phantom_servers.default,
        interval_s: SCHEMA.dns.probe.interval_s.default,
        rounds: 3,
      },
    },
  });
});

test('the options are frozen to the last list', () => {
  const options = optionsOf(loadText('c.json', SAMPLE));
  assert.throws(() => Object.assign(options, { port: 1 }), TypeError);
  assert.throws(() => Object.assign(options.limits, { lines_max: 1 }), TypeError);
  assert.throws(() => (options.lines as unknown[]).push(1), TypeError);
  assert.throws(() => Object.assign(options.lines[1]?.hops[0] as object, { port: 1 }), TypeError);
});

test('config.json in the working directory is used when no file is asked for', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-config-'));
  try {
    writeFileSync(join(directory, 'config.json'), '{"port": 0}');
    const loaded = load({ file: undefined, directory, environment: {}, flags: {} });
    assert.equal(listensAt(loaded).port, 0);
    assert.equal(loaded.kind === 'loaded' && loaded.file, 'config.json');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a file that was asked for must be there and be a readable file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-config-'));
  try {
    const errors = (file: string) => errorsOf(load({ file, directory, environment: {}, flags: {} }));
    assert.deepEqual(errors('none.json'), ['none.json: no such file']);
    assert.deepEqual(errors('.'), ['.: is a directory, not a file']);
    writeFileSync(join(directory, 'closed.json'), '{}');
    chmodSync(join(directory, 'closed.json'), 0);
    const isRoot = process.getuid?.() === 0;
    assert.deepEqual(errors('closed.json'), isRoot ? [] : ['closed.json: cannot be read: permission denied']);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('everything wrong is reported at once, each with file, key and what is allowed', () => {
  const errors = errorsOf(
    loadJson(
      {
        prot: 1,
        port: 70_000,
        limits: { lines_max: 'many', pipe_max: 1 },
        dns: { ttl_min_s: 50, ttl_max_s: 2 },
        upstream: { type: 'multipath', list: [{ type: 'direct' }, { type: 'socks5', port: 1080 }] },
      },
      { environment: { TCPROUTE_WORKERS: 'few' }, flags: { host: 'localhost' } },
    ),
  );
  assert.deepEqual(errors, [
    'c.json: line 1: prot: unknown key; did you mean "port"?',
    'c.json: line 1: limits.pipe_max: unknown key; did you mean "pipes_max"?',
    'c.json: line 1: port: 70000 is not allowed; allowed: an integer from 0 to 65535',
    'c.json: line 1: limits.lines_max: "many" is not allowed; allowed: an integer from 1 to 1024',
    'c.json: line 1: upstream.list[1].host: missing; needed: the IP address or name of the proxy',
    'TCPROUTE_WORKERS: "few" is not allowed; allowed: an integer from 0 to 1024',
    '--host: "localhost" is not allowed; allowed: an IPv4 or IPv6 address, such as 127.0.0.1, 0.0.0.0 or ::',
    'c.json: line 1: dns.ttl_min_s: dns.ttl_min_s (50) is above dns.ttl_max_s (2)',
  ]);
});

test('the command line overrides the environment, which overrides the file', () => {
  const environment = { TCPROUTE_PORT: '2', TCPROUTE_HOST: '127.0.0.2' };
  const loaded = loadJson({ port: 1, host: '127.0.0.1', workers: 3 }, { environment, flags: { port: '3' } });
  assert.deepEqual(listensAt(loaded), { port: 3, host: '127.0.0.2' });
  assert.equal(optionsOf(loaded).workers, 3);
});

test('a value that is overridden is still checked, but warns no more', () => {
  assert.equal(errorsOf(loadJson({ port: 'x' }, { flags: { port: '3' } })).length, 1);
  assert.deepEqual(loadJson({ host: '0.0.0.0' }, { flags: { host: '127.0.0.1' } }).warnings, []);
});

test('more lines than lines_max are refused with their number', () => {
  const list = Array.from({ length: 257 }, () => ({ type: 'direct' }));
  const upstream = { type: 'multipath', list };
  assert.deepEqual(errorsOf(loadJson({ upstream })), [
    'c.json: line 1: upstream: comes to 257 lines; allowed: at most limits.lines_max, which is 256',
  ]);
  assert.equal(optionsOf(loadJson({ upstream, limits: { lines_max: 257 } })).lines.length, 257);
});
