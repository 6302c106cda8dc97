// The schema as a list of keys with their paths, and the other spellings that TcpRoute's documentation uses. It holds no
// value.
import { SCHEMA } from './schema.js';
import type { Setting } from './setting.js';

export type AnySetting = Setting<unknown>;

export interface Key {
  /** Such as `limits.connections_max`. */
  readonly path: string;
  readonly setting: AnySetting;
}

type Section = Readonly<Record<string, AnySetting>>;
const TOP: Readonly<Record<string, AnySetting | Section>> = SCHEMA;

/** Spellings in the prose of TcpRoute's documentation, to ours. */
export const SPELLINGS: Readonly<Record<string, string>> = {
  logLevel: 'log_level',
  nameserversBackup: 'nameservers_backup',
};

export const TOP_KEYS: readonly string[] = Object.keys(TOP);

export const KEYS: readonly Key[] = Object.entries(TOP).flatMap(([name, entry]) =>
  isSetting(entry)
    ? [{ path: name, setting: entry }]
    : Object.entries(entry).map(([inner, setting]) => ({ path: `${name}.${inner}`, setting })),
);

/** The section of that name (`limits`, `race`, …), or undefined for a key or a stranger. */
export function sectionOf(name: string): Section | undefined {
  const entry = Object.hasOwn(TOP, name) ? TOP[name] : undefined;
  return entry === undefined || isSetting(entry) ? undefined : entry;
}

export function settingOf(path: string): AnySetting | undefined {
  return KEYS.find((key) => key.path === path)?.setting;
}

function isSetting(entry: AnySetting | Section): entry is AnySetting {
  return typeof entry['check'] === 'function';
}
