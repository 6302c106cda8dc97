// Every key of the configuration, with another value for it, and what is seen of that from outside.
import { existsSync, readFileSync } from 'node:fs';
import { ALICE, type Scene } from './reload-scene.js';
import { SIGN_KEY } from './sign-key.js';

const PROBE = ['dns.probe'];
const lastLine = (path: string): string => readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? '';

/** What values are made of. `file`: a path in a folder of the test. */
export interface Given {
  readonly file: (name: string) => string;
  readonly dnsPort: number;
  readonly line: object;
  /** Nobody listens there. */
  readonly port: number;
  /** The gateway does. */
  readonly own: number;
}

export interface Row {
  /** Of the configuration, at the path of the key. */
  readonly value: unknown;
  /** The rest of the configuration. */
  readonly base?: object;
  /** What is told; undefined: the path of the key. */
  readonly told?: readonly string[];
  /** It is told that it needs one, and nothing else. */
  readonly how?: 'restart';
  readonly observe?: (scene: Scene) => Promise<unknown> | unknown;
  /** What is observed before and after. */
  readonly seen?: readonly [before: unknown, after: unknown];
}

/** What cannot be seen from outside, or only after seconds: other tests see it in the parts. */
const told = (value: unknown, base?: object): Row => ({ value, ...(base === undefined ? {} : { base }) });
const access = (destination: string, more: object = {}) => ({
  log: { access: { enabled: 'on', destination, ...more } },
});
/** The same file by another path. */
const again = (path: string): string => path.replace(/(?=[^/]+$)/, './');
/** A certificate needs a key, and a key a certificate. */
const pairOf = (file: Given['file']): object => ({ share: { cert_file: file('ca.pem'), key_file: file('secret') } });
const changedListener = (own: number): string[] => [`listener "127.0.0.1:${own}": changed`];
const DNS = { ipv6: 'off', try_timeout_ms: 400, timeout_ms: 1500 };

export const ROWS: Readonly<Record<string, (given: Given) => Row>> = {
  log_level: () => ({
    value: 'trace',
    observe: async (scene) => {
      await scene.reply();
      return scene.gateway.gateway.records.some(({ level }) => level === 'trace');
    },
    seen: [false, true],
  }),
  'log.destination': ({ file }) => ({
    value: file('log'),
    observe: (scene) => scene.has(file('log')),
    seen: [false, true],
  }),
  'log.format': ({ file }) => ({
    value: 'pretty',
    base: { log: { destination: file('formed.log') } },
    observe: () => existsSync(file('formed.log')) && lastLine(file('formed.log')).startsWith('['),
    seen: [false, true],
  }),
  'log.access.enabled': ({ file }) => ({
    value: 'on',
    base: { log: { access: { destination: file('access.log') } } },
    told: ['log.access'],
    observe: (scene) => scene.has(file('access.log')),
    seen: [false, true],
  }),
  'log.access.destination': ({ file }) => ({
    value: file('other.log'),
    base: access(file('access.log')),
    told: ['log.access'],
    observe: (scene) => [scene.has(file('access.log')), scene.has(file('other.log'))],
    seen: [
      [true, false],
      [false, true],
    ],
  }),
  'log.access.format': ({ file }) => ({
    value: 'text',
    base: access(file('access.log'), { format: 'json' }),
    told: ['log.access'],
    observe: async (scene) => {
      await scene.reply();
      return lastLine(file('access.log')).startsWith('level=info');
    },
    seen: [false, true],
  }),
  host: ({ own }) => ({
    value: '127.0.0.2',
    told: [`listener "127.0.0.2:${own}": added`, `listener "127.0.0.1:${own}": closed`],
    observe: (scene) => scene.reply(),
    seen: [0, 'none'],
  }),
  port: ({ own, port }) => ({
    value: port,
    told: [`listener "127.0.0.1:${port}": added`, `listener "127.0.0.1:${own}": closed`],
    observe: (scene) => scene.reply(),
    seen: [0, 'none'],
  }),
  listen: ({ own }) => ({
    value: [{ host: '127.0.0.1', port: own, protocols: ['http'] }],
    base: { port: undefined, listen: [{ host: '127.0.0.1', port: own }] },
    told: changedListener(own),
    observe: (scene) => scene.reply(),
    seen: [0, 'none'],
  }),
  allow_clients: ({ own }) => ({
    value: ['192.0.2.0/24'],
    told: changedListener(own),
    observe: (scene) => scene.reply(),
    seen: [0, 'none'],
  }),
  nameservers: ({ dnsPort, port }) => ({
    value: `127.0.0.1:${dnsPort}`,
    base: { nameservers: `127.0.0.1:${port}`, dns: DNS },
    observe: (scene) => scene.named(),
    seen: [4, 0],
  }),
  nameservers_backup: ({ dnsPort, port }) => ({
    value: `127.0.0.1:${dnsPort}`,
    base: { nameservers: `127.0.0.1:${port}`, dns: DNS },
    observe: (scene) => scene.named(),
    seen: [4, 0],
  }),
  hosts: ({ port }) => ({
    value: { 'h.test': '127.0.0.1' },
    base: { nameservers: `127.0.0.1:${port}`, dns: DNS },
    observe: (scene) => scene.reply('h.test'),
    seen: [4, 0],
  }),
  upstream: ({ line }) => ({
    value: { ...line, name: 'proxy' },
    told: ['line "proxy": added', 'line "direct": removed'],
    observe: async (scene) => {
      const { count } = scene.proxy;
      await scene.reply();
      return scene.proxy.count - count;
    },
    seen: [0, 1],
  }),
  IpBlacklist: ({ port }) => ({
    value: ['127.0.0.3'],
    observe: (scene) => scene.reply('127.0.0.3', port),
    seen: [5, 2],
  }),
  rules: () => ({
    value: [{ cidr: '127.0.0.0/8', block: true }],
    observe: (scene) => scene.reply(),
    seen: [0, 2],
  }),
  'egress.deny': () => ({ value: ['127.0.0.0/8'], observe: (scene) => scene.reply(), seen: [0, 2] }),
  'egress.allow': () => ({
    value: ['127.0.0.1'],
    base: { egress: { deny: ['127.0.0.0/8'] } },
    observe: (scene) => scene.reply(),
    seen: [2, 0],
  }),
  users: ({ own }) => ({
    value: { alice: { password: ALICE.password } },
    told: [...changedListener(own), 'user "alice": added'],
    observe: (scene) => scene.reply(),
    seen: [0, 'none'],
  }),
  users_file: ({ file, own }) => ({
    value: file('users.json'),
    told: [...changedListener(own), 'user "alice": added'],
    observe: (scene) => scene.reply(),
    seen: [0, 'none'],
  }),
  workers: () => ({ value: 4, observe: (scene) => scene.moreThreads(), seen: [0, 2] }),
  engine: () => ({ value: 'epoll', how: 'restart' }),
  control_socket: ({ file }) => ({
    value: file('other-control'),
    observe: () => existsSync(file('other-control')),
    seen: [false, true],
  }),
  'admin.listen': ({ file }) => ({
    value: `unix:${file('admin')}`,
    observe: () => existsSync(file('admin')),
    seen: [false, true],
  }),
  'admin.token_file': ({ file }) => told(file('token')),
  'admin.allow': () => told(['192.0.2.0/24']),
  'admin.hosts': () => told(['gateway.test']),
  'admin.origins': () => told(['https://a.test']),
  'admin.traces_endpoint': () => told('http://127.0.0.1:4318/v1/traces'),
  'admin.traces_percent': () => told(50),
  'udp.enabled': () => told(false),
  'udp.advertise': () => told(['192.0.2.1']),
  'udp.ports': () => told('20000-20099'),
  'udp.filter': () => told('none'),
  'udp.idle_s': () => told(123),
  'udp.dns_idle_s': () => told(12),
  'udp.associations_max': () => told(123),
  'udp.client_associations_max': () => told(12),
  'udp.flows_max': () => told(1234),
  'udp.association_flows_max': () => told(123),
  'udp.queue_max': () => told(12),
  'udp.queued_bytes_max': () => told(123_456),
  'share.url': ({ file }) => told('unix:/nowhere/engine', { share: { secret_file: file('secret') } }),
  'share.kind': () => told('cluster'),
  'share.sentinel_name': () => told('main'),
  'share.username': () => told('tcproute'),
  'share.password_file': ({ file }) => told(file('secret')),
  'share.ca_file': ({ file }) => told(file('ca.pem')),
  'share.cert_file': ({ file }) => told(again(file('ca.pem')), pairOf(file)),
  'share.key_file': ({ file }) => told(again(file('secret')), pairOf(file)),
  'share.tls_name': () => told('engine.test'),
  'share.site': () => told('other'),
  'share.gateway': () => told('other'),
  'share.secret_file': ({ file }) => told(file('secret')),
  'share.sign_key_file': ({ file }) =>
    told(file('sign-key'), { share: { gateway: 'a', gateways: { a: SIGN_KEY.public } } }),
  'share.gateways': () => told({ a: SIGN_KEY.public }),
  'share.routes': () => told(false),
  'share.news': () => told(false),
  'share.limits': () => told(true),
  'share.on_loss': () => told('deny'),
  pid_file: ({ file }) => ({
    value: file('pid'),
    observe: () => existsSync(file('pid')),
    seen: [false, true],
  }),
  drain_timeout_ms: () => told(1234),
  upgrade_drain_timeout_ms: () => told(1234),
  handshake_timeout_ms: () => told(1234),
  idle_timeout_ms: () => told(1234),
  half_closed_timeout_ms: () => told(1234),
  tcp_user_timeout_ms: () => told(1234),
  tcp_keepalive_s: () => told(12),
  'limits.connections_max': () => told(12),
  'limits.end_idle_after_s': () => told(0),
  'limits.client_connections_max': () => ({ value: 1, observe: (scene) => scene.last(2), seen: [0, 2] }),
  'limits.client_rate': () => ({ value: 1, observe: (scene) => scene.last(6), seen: [0, 2] }),
  'limits.client_handshakes_max': () => ({
    value: 1,
    observe: (scene) => scene.besideSilent(),
    seen: [0, 2],
  }),
  'limits.user_connections_max': () => ({
    value: 1,
    base: { users: { alice: { password: ALICE.password } } },
    observe: (scene) => scene.lastOfUser(2),
    seen: [0, 2],
  }),
  'limits.user_rate': () => ({
    value: 1,
    base: { users: { alice: { password: ALICE.password } } },
    observe: (scene) => scene.lastOfUser(4),
    seen: [0, 2],
  }),
  // Connections are refused when main has looked, after some seconds: test/gateway/user-bytes.test.ts.
  'limits.user_bytes_max': () => told('50GB'),
  'limits.user_bytes_day': () => told(15),
  'limits.lines_max': () => told(12),
  'limits.pipes_max': () => told(12),
  'race.until': () => told('connected'),
  'race.attempts_max': () => told(2),
  'race.line_attempts_max': () => told(2),
  'race.total_attempts_max': () => told(2),
  'race.connect_timeout_ms': () => told(1234),
  'race.stagger_ms': () => told(123),
  'race.first_byte_ms': () => told(123),
  'race.margin_ms': () => told(123),
  'race.hold_ms': () => told(123),
  'race.early_probe_interval_s': () => told(123),
  budget_state_file: ({ file }) => ({
    value: file('usage'),
    observe: (scene) => scene.has(file('usage.lock')),
    seen: [false, true],
  }),
  'cache.ttl_s': () => told(123),
  'cache.entries_max': () => told(123),
  'cache.refresh_s': () => told(123),
  'cache.state_file': ({ file }) => ({
    value: file('routes'),
    observe: (scene) => scene.has(file('routes.lock')),
    seen: [false, true],
  }),
  // The next start is that of another process.
  'cache.start_from': () => told('http://127.0.0.1:9090'),
  'cache.start_from_token_file': ({ file }) => told(file('token')),
  'dns.timeout_ms': () => told(1234),
  'dns.try_timeout_ms': () => told(1234),
  'dns.udp_retry_ms': () => told(123),
  'dns.hold_ms': () => told(123),
  'dns.ttl_min_s': () => told(3),
  'dns.ttl_max_s': () => told(123),
  'dns.negative_ttl_s': () => told(3),
  'dns.stale_max_s': () => told(3),
  'dns.stale_wait_ms': () => told(3),
  'dns.prefetch_percent': () => told(3),
  'dns.ipv6': ({ dnsPort }) => ({
    value: 'on',
    base: { nameservers: `127.0.0.1:${dnsPort}`, dns: DNS },
    observe: async (scene) => {
      const { length } = scene.dns.queries;
      await scene.named();
      return scene.dns.queries.slice(length).some(({ type }) => type === 'AAAA');
    },
    seen: [false, true],
  }),
  'dns.ca_file': ({ file }) => told(file('ca.pem')),
  'dns.entries_max': () => ({ value: 77, observe: (scene) => scene.table('answers'), seen: [10_000, 77] }),
  'dns.lookups_max': () => ({ value: 77, observe: (scene) => scene.table('in_flight'), seen: [4096, 77] }),
  'dns.rebind_allow': () => told(['a.test']),
  'dns.trusted': () => told(['192.0.2.1']),
  'dns.bad_ttl_s': () => told(123),
  'dns.bad_max': () => ({ value: 77, observe: (scene) => scene.table('bad_addresses'), seen: [4096, 77] }),
  'dns.state_file': ({ file }) => ({
    value: file('bad'),
    observe: (scene) => scene.has(file('bad.lock')),
    seen: [false, true],
  }),
  // The environment of the test has one, which comes first.
  'dns.probe.enabled': () => ({ value: 'on', told: [] }),
  'dns.probe.names': () => ({ value: ['a.test'], told: PROBE }),
  'dns.probe.tlds': () => ({ value: ['test'], told: PROBE }),
  'dns.probe.phantom_servers': () => ({ value: ['192.0.2.1'], told: PROBE }),
  'dns.probe.interval_s': () => ({ value: 1234, told: PROBE }),
  'dns.probe.rounds': () => ({ value: 7, told: PROBE }),
};
