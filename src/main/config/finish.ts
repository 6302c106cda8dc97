// Turns raw values into the options of the gateway: checks every value, lets the later source win, fills in defaults,
// flattens the lines and freezes the result. It reads no configuration file; it reads the number of cores, the machine's
// addresses, and the files that checks look at (list files, the folders of state files).
import { createRequire } from 'node:module';
import type library from 'convict';
import { fileBehind } from '../../files/state-file.js';
import type { Budget } from '../../protocol/budget/budget.js';
import { flatten } from '../../protocol/lines/flatten.js';
import type { Line } from '../../protocol/lines/line.js';
import { LineNumbers } from '../../protocol/lines/numbers.js';
import { isOpen, type ListenOptions } from '../../protocol/listen-options.js';
import type { Configuration } from '../../protocol/options.js';
import type { UsersOptions } from '../../protocol/users/user-entry.js';
import { availableCores } from '../process/cores.js';
import { UDP_SOCKETS_USUAL } from '../process/fd-limit.js';
import { checkReach, warnOfTraces } from './checks/admin/reach.js';
import { warnOfForgotten } from './checks/lines/forgotten.js';
import { rejectOwnLines } from './checks/lines/own-lines.js';
import { settleListeners } from './checks/listen/settle.js';
import { rulesAtListeners } from './checks/rules/listeners.js';
import { rulesOnLines } from './checks/rules/use.js';
import { warnOfStrangers } from './checks/rules/users.js';
import { settleShare } from './checks/share/settle.js';
import { rejectTwice, usersOnLines } from './checks/users/on-lines.js';
import { Diagnostics, hint } from './diagnostics/diagnostics.js';
import { type Place, placeOf } from './diagnostics/place.js';
import { listenerNames } from './listener-names.js';
import type { RawValue } from './raw-values.js';
import { SCHEMA, type Settings } from './schema.js';
import { warnOfUserTimeout } from './user-timeout.js';

/** Not by `import`: see protocol/dns/dns-packet.ts. */
const convict = createRequire(import.meta.url)('convict') as typeof library;

/**
 * The most workers by default. Main takes 4 µs to accept a connection and a worker 65 µs to carry one, so 16 workers carry
 * what main can accept. Each takes about 15 MiB.
 */
const WORKERS_USUAL_MAX = 16;

/** The result of checking one key. A check over several keys is skipped if one of them is wrong. */
interface Outcome {
  readonly place: Place;
  readonly wrong: boolean;
  readonly own: Diagnostics;
}

type Outcomes = ReadonlyMap<string, Outcome>;

/**
 * The frozen configuration, or undefined if there were errors. `raw`: in order of precedence, the last value wins. `numbers`:
 * of the process, if lines have been numbered before. `normal` gets the normal form of every value that is right.
 */
export function finish(
  raw: readonly RawValue[],
  diagnostics: Diagnostics,
  numbers = new LineNumbers(),
  normal = new Map<string, unknown>(),
): Configuration | undefined {
  const config = convict<Settings>(SCHEMA as unknown as library.Schema<Settings>, { env: {}, args: [] });
  const outcomes = new Map<string, Outcome>();
  for (const { path, setting, place, value } of raw) {
    const own = new Diagnostics();
    const checked = setting.check(value, place, own);
    diagnostics.takeErrors(own);
    // The right entries of a wrong list are checked further, so that all mistakes are reported at once.
    const wrong = checked === undefined || own.errorCount > 0 || outcomes.get(path)?.wrong === true;
    outcomes.set(path, { place, wrong, own });
    if (checked === undefined) continue;
    config.set(path, checked);
    normal.set(path, checked);
  }
  for (const { own } of outcomes.values()) diagnostics.takeWarnings(own); // none of overridden values

  const { IpBlacklist, upstream, workers, dns, hosts, rules: ruled, ...all } = config.getProperties();
  const { listen: asked, host, port, allow_clients, users: inline, users_file, ...rest } = all;
  // Wrong users were given all the same, so that nobody is told to give some.
  const areUsersSet =
    inline.length > 0 || users_file !== null || ['users', 'users_file'].some((key) => outcomes.get(key)?.wrong);
  const listen = makeListeners({ listen: asked, host, port, allow_clients }, areUsersSet, outcomes, diagnostics);
  checkTtls(dns, outcomes, diagnostics);
  const placeAt = (key: string): Place => outcomes.get(key)?.place ?? placeOf(key);
  if (!outcomes.get('admin.token_file')?.wrong) checkReach(rest.admin, listen, placeAt('admin.listen'), diagnostics);
  warnOfTraces(rest.admin, placeAt('admin.traces_endpoint'), diagnostics);
  const share = settleShare(rest.share, placeAt, (key) => outcomes.get(key)?.wrong === true, diagnostics);
  const states = stateFilesOf({ ...rest, dns });
  checkStateFiles(states, outcomes, diagnostics);
  checkLogFiles(rest.log, Object.values(states), outcomes, diagnostics);
  checkPidFile(rest, states, outcomes, diagnostics);
  const { lines, budgets } = makeLines(upstream, { lines_max: rest.limits.lines_max, numbers }, outcomes, diagnostics);
  const userLimits = { users: [...inline, ...(users_file?.users ?? [])], place: placeAt('users') };
  warnOfForgotten({ ...rest, budgets }, userLimits, placeAt('upstream'), diagnostics);
  checkVias(rest, lines, outcomes, diagnostics);
  checkOwnLines(listen, upstream, outcomes, diagnostics);
  const place = outcomes.get('rules')?.place ?? placeOf('rules');
  const areListenersWrong = ['listen', 'host', 'port'].some((key) => outcomes.get(key)?.wrong);
  const heard = rulesAtListeners(ruled, areListenersWrong ? undefined : listenerNames(listen), place, diagnostics);
  const rules = areLinesKnown(lines, outcomes) ? rulesOnLines(heard, lines, place, diagnostics) : [];
  warnOfUserTimeout(
    { ...rest, listen: asked, rules: ruled },
    { listen: outcomes.get('listen')?.place, rules: place },
    diagnostics,
  );
  const areUsersWrong = ['users', 'users_file'].some((key) => outcomes.get(key)?.wrong);
  const users = makeUsers({ users: inline, users_file }, lines, outcomes, diagnostics);
  if (!areUsersWrong)
    warnOfStrangers(ruled, areUsersSet ? namesOf({ users: inline, users_file }) : undefined, place, diagnostics);
  if (diagnostics.errorCount > 0) return undefined;
  config.validate({ allowed: 'strict' });
  return deepFreeze<Configuration>({
    ...rest,
    listen,
    share,
    workers: workers === 0 ? Math.min(availableCores(), WORKERS_USUAL_MAX) : workers,
    // Replaced at the start, when the descriptors have been counted: see process/fd-limit.ts.
    limits: { ...rest.limits, racing_max: rest.race.attempts_max },
    dns: { ...dns, ca_file: dns.ca_file ?? undefined, udp_sockets_max: UDP_SOCKETS_USUAL },
    udp: { ...rest.udp, way_fds_max: rest.udp.associations_max },
    // fromEntries defines own properties, so a name such as `__proto__` is an ordinary key.
    hosts: Object.fromEntries(hosts.map(({ name, addresses }) => [name, addresses])),
    blacklist: IpBlacklist,
    egress: { ...rest.egress, guarded: listen.some(isOpen) },
    lines,
    budgets,
    rules,
    users,
  });
}

function checkTtls(dns: Settings['dns'], outcomes: Outcomes, diagnostics: Diagnostics): void {
  const [least, most] = [outcomes.get('dns.ttl_min_s'), outcomes.get('dns.ttl_max_s')];
  if (least?.wrong || most?.wrong || dns.ttl_min_s <= dns.ttl_max_s) return;
  const place = (least ?? most)?.place ?? placeOf('dns');
  diagnostics.error(place, `dns.ttl_min_s (${dns.ttl_min_s}) is above dns.ttl_max_s (${dns.ttl_max_s})`);
}

type StateFiles = Readonly<Record<string, string | null>>;

/** By key. */
function stateFilesOf({
  cache,
  dns,
  budget_state_file,
}: Pick<Settings, 'cache' | 'dns' | 'budget_state_file'>): StateFiles {
  return { 'cache.state_file': cache.state_file, 'dns.state_file': dns.state_file, budget_state_file };
}

/** They must differ: several threads write them, in different formats. */
function checkStateFiles(states: StateFiles, outcomes: Outcomes, diagnostics: Diagnostics): void {
  const keys = new Map<string, string>();
  for (const [key, path] of Object.entries(states)) {
    if (path === null) continue;
    const other = keys.get(fileBehind(path));
    keys.set(fileBehind(path), key);
    if (other === undefined) continue;
    const place = (outcomes.get(key) ?? outcomes.get(other))?.place ?? placeOf(key);
    diagnostics.error(place, `${key} and ${other} are the same file (${JSON.stringify(path)})`);
  }
}

/** Lines of the log would end up in a state file, or the state in the log. An access log that is off needs no more keys. */
function checkLogFiles(
  { destination, access }: Settings['log'],
  states: readonly (string | null)[],
  outcomes: Outcomes,
  diagnostics: Diagnostics,
): void {
  const placeOfKey = (key: string): Place => outcomes.get(key)?.place ?? placeOf(key);
  const files = { 'log.destination': destination, 'log.access.destination': access.destination };
  for (const [key, file] of Object.entries(files)) {
    if (file === null || !states.some((path) => path !== null && fileBehind(path) === fileBehind(file))) continue;
    diagnostics.error(placeOfKey(key), `${JSON.stringify(file)} is a state file, too`);
  }
  if (access.enabled === 'on') return;
  for (const key of ['log.access.destination', 'log.access.format']) {
    if (outcomes.has(key)) diagnostics.warn(placeOfKey(key), 'there is no access log: log.access.enabled is off');
  }
}

/** The number of the process would take the place of what is kept there. */
function checkPidFile(
  { pid_file, log }: Pick<Settings, 'pid_file' | 'log'>,
  states: StateFiles,
  outcomes: Outcomes,
  diagnostics: Diagnostics,
): void {
  if (pid_file === null) return;
  const others = {
    ...states,
    ...{ 'log.destination': log.destination, 'log.access.destination': log.access.destination },
  };
  for (const [key, file] of Object.entries(others)) {
    if (file === null || fileBehind(file) !== fileBehind(pid_file)) continue;
    diagnostics.error(
      outcomes.get('pid_file')?.place ?? placeOf('pid_file'),
      `${JSON.stringify(pid_file)} is ${key}, too`,
    );
  }
}

/** The line named by a server's `via` must exist. */
function checkVias(
  settings: Pick<Settings, ServerKey>,
  lines: readonly Line[],
  outcomes: Outcomes,
  diagnostics: Diagnostics,
) {
  if (!areLinesKnown(lines, outcomes)) return;
  const names = lines.map(({ name }) => name);
  for (const key of ['nameservers', 'nameservers_backup'] as const) {
    for (const { via } of settings[key]) {
      if (via === undefined || names.includes(via)) continue;
      const place = outcomes.get(key)?.place ?? placeOf(key);
      diagnostics.error(place, () => `"${via}" is not the name of a line; ${hint(via, names)}`);
    }
  }
}

function makeListeners(
  settings: Pick<Settings, 'listen' | 'host' | 'port' | 'allow_clients'>,
  areUsersSet: boolean,
  outcomes: Outcomes,
  diagnostics: Diagnostics,
): readonly ListenOptions[] {
  const [list, host, port] = ['listen', 'host', 'port'].map((key) => outcomes.get(key)?.place);
  const keys = { ...settings, areUsersSet };
  // A wrong list was given all the same, so that nobody is told to give one.
  const allow_clients = outcomes.get('allow_clients')?.wrong ? [] : settings.allow_clients;
  return settleListeners({ ...keys, allow_clients }, { listen: list, host, port }, diagnostics);
}

/** A line must not lead back to the gateway. */
function checkOwnLines(
  listen: readonly ListenOptions[],
  upstream: Settings['upstream'],
  outcomes: Outcomes,
  diagnostics: Diagnostics,
): void {
  if (['host', 'port', 'upstream'].some((key) => outcomes.get(key)?.wrong)) return;
  rejectOwnLines(upstream, outcomes.get('upstream')?.place ?? placeOf('upstream'), listen, diagnostics);
}

/** Whether names of lines can be checked: only if the lines themselves are right. */
function areLinesKnown(lines: readonly Line[], outcomes: Outcomes): boolean {
  return !outcomes.get('upstream')?.wrong && !outcomes.get('limits.lines_max')?.wrong && lines.length > 0;
}

/** The users of the configuration and of their file; undefined where none are set. */
function makeUsers(
  { users, users_file }: Pick<Settings, 'users' | 'users_file'>,
  lines: readonly Line[],
  outcomes: Outcomes,
  diagnostics: Diagnostics,
): UsersOptions | undefined {
  if (users.length === 0 && users_file === null) return undefined;
  const known = areLinesKnown(lines, outcomes);
  const placeOfKey = (key: string): Place => outcomes.get(key)?.place ?? placeOf(key);
  const inline = known ? usersOnLines(users, lines, placeOfKey('users'), diagnostics) : [];
  if (users_file === null) return { inline, file: undefined };
  const { path, name, state } = users_file;
  const inFile = new Diagnostics();
  rejectTwice(users_file.users, new Set(users.map((user) => user.name)), placeOf(name), inFile);
  const ofFile = known ? usersOnLines(users_file.users, lines, placeOf(name), inFile) : [];
  diagnostics.takeOfFile(placeOfKey('users_file'), inFile);
  return { inline, file: { path, state, users: ofFile } };
}

function namesOf({ users, users_file }: Pick<Settings, 'users' | 'users_file'>): ReadonlySet<string> {
  return new Set([...users, ...(users_file?.users ?? [])].map(({ name }) => name));
}

type ServerKey = 'nameservers' | 'nameservers_backup';

function makeLines(
  upstream: Settings['upstream'],
  { lines_max, numbers }: { readonly lines_max: number; readonly numbers: LineNumbers },
  outcomes: Outcomes,
  diagnostics: Diagnostics,
): { readonly lines: readonly Line[]; readonly budgets: readonly Budget[] } {
  const flattened = flatten(upstream, lines_max, numbers);
  if (flattened.kind === 'lines') return flattened;
  if (!outcomes.get('limits.lines_max')?.wrong) {
    const place = outcomes.get('upstream')?.place ?? placeOf('upstream');
    const text = `comes to ${flattened.count} lines; allowed: at most limits.lines_max, which is ${lines_max}`;
    diagnostics.error(place, text);
  }
  return { lines: [], budgets: [] };
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
