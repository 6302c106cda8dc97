// The schema as a list of keys with their paths, and the other spellings in TcpRoute's documentation. It holds no values.
import type { Setting } from './checks/values/setting.js';
import { SCHEMA } from './schema.js';

export type AnySetting = Setting<unknown>;

export interface Key {
  /** For example `limits.connections_max`. */
  readonly path: string;
  readonly setting: AnySetting;
}

/** Settings and further sections by name, to any depth. */
export interface Section {
  readonly [name: string]: AnySetting | Section;
}
const TOP: Section = SCHEMA;

/** From spellings in TcpRoute's documentation to ours. */
export const SPELLINGS: Readonly<Record<string, string>> = {
  logLevel: 'log_level',
  nameserversBackup: 'nameservers_backup',
};

/** From the other place that a key may stand at. */
const OTHER_PLACES: Readonly<Record<string, string>> = {
  'log.level': 'log_level',
};

const SPELLED: Readonly<Record<string, string>> = { ...SPELLINGS, ...OTHER_PLACES };

/** From words of other programs to our keys at the top level. */
export const OTHER_WORDS: Readonly<Record<string, string>> = {
  ...{
    listeners: 'listen',
    bind: 'host',
    address: 'host',
    allow: 'allow_clients',
    lines: 'upstream',
    proxies: 'upstream',
    threads: 'workers',
  },
  ...{ auth: 'users', accounts: 'users', passwords: 'users', user: 'users' },
  ...{ dns_servers: 'nameservers', blacklist: 'IpBlacklist', timeout: 'idle_timeout_ms' },
};

export const TOP_KEYS: readonly string[] = Object.keys(TOP);

export const KEYS: readonly Key[] = keysOf(TOP, '');

function keysOf(section: Section, parent: string): Key[] {
  return Object.entries(section).flatMap(([name, entry]) =>
    isSetting(entry) ? [{ path: `${parent}${name}`, setting: entry }] : keysOf(entry, `${parent}${name}.`),
  );
}

/** The section at that path (`limits`, `dns.probe`, …); undefined for a key or an unknown path. */
export function sectionOf(path: string): Section | undefined {
  let section = TOP;
  for (const name of path.split('.')) {
    const entry = Object.hasOwn(section, name) ? section[name] : undefined;
    if (entry === undefined || isSetting(entry)) return undefined;
    section = entry;
  }
  return section;
}

/** The names of keys that may stand in the section at that path. */
export function namesIn(path: string): readonly string[] {
  const begin = `${path}.`;
  const others = Object.keys(OTHER_PLACES).filter((one) => one.startsWith(begin));
  return [...others.map((one) => one.slice(begin.length)), ...Object.keys(sectionOf(path) ?? {})];
}

/** The path of the key that may also be spelled like this; the same text for any other. */
export function pathOf(spelled: string): string {
  return (Object.hasOwn(SPELLED, spelled) ? SPELLED[spelled] : spelled) as string;
}

export function settingOf(path: string): AnySetting | undefined {
  return KEYS.find((key) => key.path === path)?.setting;
}

function isSetting(entry: AnySetting | Section): entry is AnySetting {
  return typeof entry['check'] === 'function';
}
