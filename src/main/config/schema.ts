// Every key of the configuration: its purpose, unit, default, range and environment variable. The only source for loading,
// for `convict` and for docs/config.md. It reads no values.
import { FIRST_DAY_MAX } from '../../protocol/budget/month.js';
import type { Upstream } from '../../protocol/lines/flatten.js';
import type { EngineChoice, Ipv6Choice, LogLevel, Nameserver, Options } from '../../protocol/options.js';
import type { UdpOptions } from '../../protocol/udp-options.js';
import { WORKERS_MAX } from '../process/cores.js';
import { ADMIN } from './checks/admin/admin.js';
import { checkToken, TOKEN_ALLOWED } from './checks/admin/token.js';
import { checkHosts, HOSTS_ALLOWED, type HostEntries } from './checks/dns/hosts.js';
import {
  checkNameservers,
  checkNameserversBackup,
  NAMESERVERS_ALLOWED,
  NAMESERVERS_BACKUP_ALLOWED,
} from './checks/dns/nameservers.js';
import { SYSTEM } from './checks/dns/server-text.js';
import { TRUST } from './checks/dns/trust.js';
import { checkUpstream, UPSTREAM_ALLOWED } from './checks/lines/upstream.js';
import { checkListen, LISTEN_ALLOWED, type ListenSetting } from './checks/listen/listen.js';
import { CONTROL_SOCKET_ALLOWED, checkUnixPath } from './checks/listen/unix.js';
import { checkRules, RULES_ALLOWED, type RuleSetting } from './checks/rules/rules.js';
import { SHARE, type ShareSettings } from './checks/share/share.js';
import { UDP } from './checks/udp/udp.js';
import { USER_LIMITS_MAX, userBytesMax } from './checks/users/user-limits.js';
import { checkUsers, USERS_ALLOWED, type UserSetting } from './checks/users/users.js';
import { checkUsersFile, USERS_FILE_ALLOWED, type UsersFileSetting } from './checks/users/users-file.js';
import { BLACKLIST_ALLOWED, checkBlacklist } from './checks/values/blacklist.js';
import { CA_FILE_ALLOWED, checkCaFile } from './checks/values/ca-file.js';
import { EGRESS } from './checks/values/egress.js';
import { checkHost, HOST_ALLOWED } from './checks/values/host.js';
import { LOG } from './checks/values/log.js';
import { checkLogLevel, LOG_LEVEL_ALLOWED } from './checks/values/log-level.js';
import { checkNetworks, NETWORKS_ALLOWED } from './checks/values/networks.js';
import { RACE } from './checks/values/race.js';
import { choice, integer, orNone, type Setting } from './checks/values/setting.js';
import { checkStartFrom, START_FROM_ALLOWED } from './checks/values/start-from.js';
import { stateFile } from './checks/values/state-file.js';
import { asJson, asLines, asList, asText } from './sources/text.js';

/** The checked configuration in normal form: `Options` before the lines are made. */
export interface Settings
  extends Omit<
    Options,
    'blacklist' | 'lines' | 'budgets' | 'listen' | 'dns' | 'hosts' | 'limits' | 'egress' | 'share' | 'udp'
  > {
  readonly host: string;
  readonly port: number;
  /** Empty: `host` and `port` say where to listen. */
  readonly listen: readonly ListenSetting[];
  readonly allow_clients: readonly string[] | null;
  readonly egress: Omit<Options['egress'], 'guarded'>;
  readonly limits: Omit<Options['limits'], 'racing_max'>;
  readonly udp: Omit<UdpOptions, 'way_fds_max'>;
  readonly dns: Omit<Options['dns'], 'ca_file' | 'udp_sockets_max'> & { readonly ca_file: string | null };
  readonly hosts: HostEntries;
  readonly IpBlacklist: readonly string[];
  readonly upstream: Upstream;
  readonly rules: readonly RuleSetting[];
  readonly share: ShareSettings;
  readonly users: readonly UserSetting[];
  readonly users_file: UsersFileSetting | null;
}

type Section = 'admin' | 'share' | 'udp' | 'log' | 'egress' | 'limits' | 'race' | 'cache' | 'dns';
type SectionOf<T> = { readonly [Key in keyof T]: Setting<T[Key]> };
type SettingOf<T, Key> = Key extends 'probe' | 'access' ? SectionOf<T> : Setting<T>;
type SchemaOf<T> = {
  readonly [Key in keyof T]: Key extends Section
    ? { readonly [Inner in keyof T[Key]]: SettingOf<T[Key][Inner], Inner> }
    : Setting<T[Key]>;
};

const DAY_MS = 86_400_000;
const WEEK_S = 604_800;

const logLevel: Setting<LogLevel> = {
  doc: 'How much is logged; it may also stand as `level` in `log`. `debug` has one line for each connection, `trace` also each step of its attempts and each question to a DNS server.',
  default: 'info',
  env: 'TCPROUTE_LOG_LEVEL',
  allowed: LOG_LEVEL_ALLOWED,
  check: checkLogLevel,
  fromText: asText,
  format: '*',
};

const host: Setting<string> = {
  doc: 'The address of this machine to listen on for clients. An address other than loopback needs `allow_clients`, which says who may come.',
  default: '127.0.0.1',
  env: 'TCPROUTE_HOST',
  allowed: HOST_ALLOWED,
  check: checkHost,
  fromText: asText,
  format: '*',
};

const listen: Setting<readonly ListenSetting[]> = {
  doc: 'Several listeners, or one with more than an address and a port, in place of `host` and `port`. See below.',
  default: [],
  env: 'TCPROUTE_LISTEN',
  allowed: LISTEN_ALLOWED,
  check: checkListen,
  fromText: asJson,
  format: '*',
};

const allowClients: Setting<readonly string[] | null> = {
  doc: 'The networks that clients may come from, for each listener that has no such key of its own. Others are closed at once. Without it they are those of this machine.',
  default: null,
  env: 'TCPROUTE_ALLOW_CLIENTS',
  allowed: NETWORKS_ALLOWED,
  check: checkNetworks,
  fromText: asList,
  format: '*',
};

const nameservers: Setting<readonly Nameserver[]> = {
  doc: 'The servers that are asked for the addresses of names, all at once. `system` stands for what the machine itself uses. See below.',
  default: [SYSTEM],
  env: 'TCPROUTE_NAMESERVERS',
  allowed: NAMESERVERS_ALLOWED,
  check: checkNameservers,
  fromText: asList,
  format: '*',
};

const nameserversBackup: Setting<readonly Nameserver[]> = {
  doc: 'The servers that are asked when `nameservers` gave no clean answer.',
  default: [],
  env: 'TCPROUTE_NAMESERVERS_BACKUP',
  allowed: NAMESERVERS_BACKUP_ALLOWED,
  check: checkNameserversBackup,
  fromText: asList,
  format: '*',
};

const hosts: Setting<HostEntries> = {
  doc: 'Addresses of names that are known before any server is asked, and before /etc/hosts.',
  default: [],
  env: 'TCPROUTE_HOSTS',
  allowed: HOSTS_ALLOWED,
  check: checkHosts,
  fromText: asJson,
  format: '*',
};

const ipv6: Setting<Ipv6Choice> = choice<Ipv6Choice>({
  doc: 'Whether IPv6 addresses are asked for. `auto` asks only where the machine has an IPv6 route. Addresses from hosts files are used unless this is off.',
  default: 'auto',
  env: 'TCPROUTE_DNS_IPV6',
  choices: ['auto', 'on', 'off'],
});

const upstream: Setting<Upstream> = {
  doc: 'The lines that connections are made through. `host` and `port` of a line with a proxy are the address of the proxy. See below.',
  default: { type: 'direct', name: undefined, source: { ip: undefined, port: 0 } },
  env: 'TCPROUTE_UPSTREAM',
  allowed: UPSTREAM_ALLOWED,
  check: checkUpstream,
  fromText: asLines,
  format: '*',
};

const blacklist: Setting<readonly string[]> = {
  doc: 'Addresses that direct lines never dial. Proxies may still reach them.',
  default: [],
  env: 'TCPROUTE_IP_BLACKLIST',
  allowed: BLACKLIST_ALLOWED,
  check: checkBlacklist,
  fromText: asList,
  format: '*',
};

const rules: Setting<readonly RuleSetting[]> = {
  doc: 'Destinations that are blocked or may use only some of the lines. The first rule that matches a connection applies. See below.',
  default: [],
  env: 'TCPROUTE_RULES',
  allowed: RULES_ALLOWED,
  check: checkRules,
  fromText: asJson,
  format: '*',
};

const users: Setting<readonly UserSetting[]> = {
  doc: 'Those who may use the gateway, by name. Where users are set, a client must show with a password that it is one of them. See below.',
  default: [],
  env: 'TCPROUTE_USERS',
  allowed: USERS_ALLOWED,
  check: checkUsers,
  fromText: asJson,
  format: '*',
};

const usersFile: Setting<UsersFileSetting | null> = {
  doc: 'A file with further users. It is read again when it changes.',
  default: null,
  env: 'TCPROUTE_USERS_FILE',
  allowed: USERS_FILE_ALLOWED,
  check: checkUsersFile,
  fromText: asText,
  format: '*',
};

const engine: Setting<EngineChoice> = choice<EngineChoice>({
  doc: 'How the kernel is entered: io_uring, epoll, or (`auto`) io_uring where it works and else epoll.',
  default: 'auto',
  env: 'TCPROUTE_ENGINE',
  choices: ['auto', 'uring', 'epoll'],
});

// biome-ignore format: a table, one key a line
const limits = {
  connections_max: integer({ doc: 'Connections at a time; further ones wait in the backlog of the kernel. 0 derives it from RLIMIT_NOFILE.', default: 0, env: 'TCPROUTE_LIMITS_CONNECTIONS_MAX', min: 0, max: 10_000_000 }),
  end_idle_after_s: integer({ doc: 'While `connections_max` is reached and clients wait, connections that have been silent for this long are ended to make room: the longest silent first, and no more than clients wait. 0 ends none. See [limits and kernel settings](operate.md#limits-and-kernel-settings).', default: 300, env: 'TCPROUTE_LIMITS_END_IDLE_AFTER_S', min: 60, max: WEEK_S, orZero: true }),
  client_connections_max: integer({ doc: 'Connections that one client network (an IPv4 address, or the /64 of an IPv6 address) may have at a time; further ones are refused. 0 is no limit but the share below.', default: 0, env: 'TCPROUTE_LIMITS_CLIENT_CONNECTIONS_MAX', min: 0, max: 10_000_000 }),
  client_rate: integer({ doc: 'New connections a second of one client network; twice as many may come at once. Further ones are refused. 0 is no limit.', default: 0, env: 'TCPROUTE_LIMITS_CLIENT_RATE', min: 0, max: 1_000_000 }),
  client_handshakes_max: integer({ doc: 'Connections of one client network that have not said where they want to go; further ones are refused. 0 is no limit.', default: 0, env: 'TCPROUTE_LIMITS_CLIENT_HANDSHAKES_MAX', min: 0, max: 10_000_000 }),
  user_connections_max: integer({ doc: 'Connections that one user may have at a time, where `limits` of the user says nothing else; further ones are refused. 0 is no limit.', default: 0, env: 'TCPROUTE_LIMITS_USER_CONNECTIONS_MAX', min: 0, max: USER_LIMITS_MAX.connections_max }),
  user_rate: integer({ doc: 'New connections a second of one user; twice as many may come at once. Further ones are refused. 0 is no limit.', default: 0, env: 'TCPROUTE_LIMITS_USER_RATE', min: 0, max: USER_LIMITS_MAX.rate }),
  user_bytes_max: userBytesMax({ doc: 'What one user may carry in a month, to and from destinations together, where `limits` of the user says nothing else: a number of bytes, or a text such as `"50GB"`. New connections of a user that has carried it are refused until the month is over; those that are open go on. Keep `budget_state_file`, so that a restart forgets nothing. 0 is no limit.', env: 'TCPROUTE_LIMITS_USER_BYTES_MAX' }),
  user_bytes_day: integer({ doc: 'The day on which the month of users begins, by the machine\'s own time.', default: 1, env: 'TCPROUTE_LIMITS_USER_BYTES_DAY', min: 1, max: FIRST_DAY_MAX }),
  lines_max: integer({ doc: 'The largest number of lines that `upstream` may describe.', default: 256, env: 'TCPROUTE_LIMITS_LINES_MAX', min: 1, max: 1024 }),
  pipes_max: integer({ doc: 'Pipes that one worker may hold for splicing; without a free one it copies. 0 always copies.', default: 128, env: 'TCPROUTE_LIMITS_PIPES_MAX', min: 0, max: 16_384 }),
};

// biome-ignore format: a table, one key a line
const cache = {
  ttl_s: integer({ doc: 'How long a destination is remembered after a connection to it last worked.', default: 600, env: 'TCPROUTE_CACHE_TTL_S', min: 1, max: WEEK_S }),
  entries_max: integer({ doc: 'The largest number of destinations that are remembered. The one that was used longest ago is forgotten first.', default: 100_000, env: 'TCPROUTE_CACHE_ENTRIES_MAX', min: 1, max: 1_000_000 }),
  refresh_s: integer({ doc: 'How often all candidates of a destination in use are raced again although one is remembered. With 0 they are raced again only when that one fails.', default: 0, env: 'TCPROUTE_CACHE_REFRESH_S', min: 0, max: WEEK_S }),
  state_file: stateFile({ doc: 'Where the routes are kept over a restart.', env: 'TCPROUTE_CACHE_STATE_FILE' }),
  start_from: orNone({ doc: 'Where a gateway that starts reads what another one remembers, which its own `state_file` goes before: the admin API of that gateway, or a file with such a snapshot. Lines are the same by their names. See [starting warm](fleet.md#start-warm-without-an-engine).', env: 'TCPROUTE_CACHE_START_FROM', allowed: START_FROM_ALLOWED, check: checkStartFrom }),
  start_from_token_file: orNone({ doc: 'A file with the token that `start_from` wants.', env: 'TCPROUTE_CACHE_START_FROM_TOKEN_FILE', allowed: `${TOKEN_ALLOWED}; null for none`, check: checkToken }),
};

// biome-ignore format: a table, one key a line
const dns = {
  timeout_ms: integer({ doc: 'Time for one lookup over all servers and tries.', default: 5000, env: 'TCPROUTE_DNS_TIMEOUT_MS', min: 1, max: DAY_MS }),
  try_timeout_ms: integer({ doc: 'Time for one query to one server.', default: 2000, env: 'TCPROUTE_DNS_TRY_TIMEOUT_MS', min: 1, max: DAY_MS }),
  udp_retry_ms: integer({ doc: 'A UDP query without an answer is repeated after this time, and again after three times as long. A server that is known to be faster is asked again sooner. A server that has never answered is also asked without EDNS and mixed case, after 0.4 of this time.', default: 500, env: 'TCPROUTE_DNS_UDP_RETRY_MS', min: 1, max: DAY_MS }),
  hold_ms: integer({ doc: 'How long a doubtful UDP answer is held back, so that the true one can still come.', default: 300, env: 'TCPROUTE_DNS_HOLD_MS', min: 1, max: DAY_MS }),
  ttl_min_s: integer({ doc: 'The shortest time that an answer is kept.', default: 1, env: 'TCPROUTE_DNS_TTL_MIN_S', min: 1, max: WEEK_S }),
  ttl_max_s: integer({ doc: 'The longest time that an answer is kept.', default: 3600, env: 'TCPROUTE_DNS_TTL_MAX_S', min: 1, max: WEEK_S }),
  negative_ttl_s: integer({ doc: 'How long a negative answer without a TTL of its own is kept.', default: 10, env: 'TCPROUTE_DNS_NEGATIVE_TTL_S', min: 1, max: WEEK_S }),
  stale_max_s: integer({ doc: 'How long after its TTL an answer may still be used while a new one is asked for (RFC 8767). 0 is never.', default: 86_400, env: 'TCPROUTE_DNS_STALE_MAX_S', min: 0, max: WEEK_S }),
  stale_wait_ms: integer({ doc: 'How long a lookup waits for the new answer before it uses the stale one.', default: 200, env: 'TCPROUTE_DNS_STALE_WAIT_MS', min: 0, max: DAY_MS }),
  prefetch_percent: integer({ doc: 'An answer that is used in this last part of its TTL is renewed in advance. 0 is never.', default: 10, env: 'TCPROUTE_DNS_PREFETCH_PERCENT', min: 0, max: 90 }),
  ipv6,
  ca_file: orNone({ doc: 'A file of certificate authorities (PEM) that are trusted for tls:// and https:// servers, besides the usual ones.', env: 'TCPROUTE_DNS_CA_FILE', allowed: CA_FILE_ALLOWED, check: checkCaFile }),
  entries_max: integer({ doc: 'The largest number of names whose answers are kept.', default: 10_000, env: 'TCPROUTE_DNS_ENTRIES_MAX', min: 1, max: 1_000_000 }),
  lookups_max: integer({ doc: 'The largest number of lookups under way. Further ones fail at once.', default: 4096, env: 'TCPROUTE_DNS_LOOKUPS_MAX', min: 1, max: 1_000_000 }),
  ...TRUST,
};

// biome-ignore format: a table, one key a line
export const SCHEMA = {
  log_level: logLevel,
  log: LOG,
  host,
  port: integer({ doc: 'The port to listen on for clients; 0 lets the kernel choose.', default: 7070, env: 'TCPROUTE_PORT', min: 0, max: 65_535 }),
  listen,
  allow_clients: allowClients,
  nameservers,
  nameservers_backup: nameserversBackup,
  hosts,
  upstream,
  IpBlacklist: blacklist,
  rules,
  egress: EGRESS,
  users,
  users_file: usersFile,
  workers: integer({ doc: 'The number of threads that carry connections. Each takes some 14 MiB. 0 starts one for each core that the process may use (by its CPU affinity and the CPU limit of its cgroup), and at most 16: one thread accepts for all of them, and cannot keep more of them busy.', default: 0, env: 'TCPROUTE_WORKERS', min: 0, max: WORKERS_MAX }),
  engine,
  control_socket: orNone({ doc: 'The path of a Unix socket on which the running gateway takes commands, such as `tcproute reload`. Only its owner may use it.', env: 'TCPROUTE_CONTROL_SOCKET', allowed: CONTROL_SOCKET_ALLOWED, check: checkUnixPath }),
  admin: ADMIN,
  share: SHARE,
  udp: UDP,
  budget_state_file: stateFile({ doc: 'Where it is kept over a restart what lines and users have carried. Without it every `budget_bytes` and `limits.user_bytes_max` begins anew with each start.', env: 'TCPROUTE_BUDGET_STATE_FILE' }),
  pid_file: stateFile({ doc: 'A file that has the number of the process while it serves. See [operating the gateway](operate.md#without-a-service-manager).', env: 'TCPROUTE_PID_FILE' }),
  drain_timeout_ms: integer({ doc: 'How long connections may go on after SIGTERM or SIGINT.', default: 30_000, env: 'TCPROUTE_DRAIN_TIMEOUT_MS', min: 0, max: DAY_MS }),
  upgrade_drain_timeout_ms: integer({ doc: 'How long connections may go on in the process that has them, after an upgrade.', default: 3_600_000, env: 'TCPROUTE_UPGRADE_DRAIN_TIMEOUT_MS', min: 0, max: 7 * DAY_MS }),
  handshake_timeout_ms: integer({ doc: 'Time for a client to say where it wants to go.', default: 10_000, env: 'TCPROUTE_HANDSHAKE_TIMEOUT_MS', min: 1, max: DAY_MS }),
  idle_timeout_ms: integer({ doc: 'A connection is ended after this time without a byte in either direction. 0 is never. A peer that has gone is noticed earlier: see `tcp_keepalive_s`.', default: 3_600_000, env: 'TCPROUTE_IDLE_TIMEOUT_MS', min: 0, max: 7 * DAY_MS }),
  half_closed_timeout_ms: integer({ doc: 'The same for a connection of which one side has ended its direction.', default: 3_600_000, env: 'TCPROUTE_HALF_CLOSED_TIMEOUT_MS', min: 0, max: 7 * DAY_MS }),
  tcp_user_timeout_ms: integer({ doc: 'TCP_USER_TIMEOUT of both sides: how long sent data may stay unacknowledged. 0 leaves it to the kernel.', default: 0, env: 'TCPROUTE_TCP_USER_TIMEOUT_MS', min: 0, max: DAY_MS }),
  tcp_keepalive_s: integer({ doc: 'TCP keepalive: a side that has been quiet for this long is probed, and probed again every third of this time. After nine probes without an answer the connection is reset. 0 is never.', default: 60, env: 'TCPROUTE_TCP_KEEPALIVE_S', min: 0, max: 32_767 }),
  limits,
  race: RACE,
  cache,
  dns,
} satisfies SchemaOf<Settings>;
