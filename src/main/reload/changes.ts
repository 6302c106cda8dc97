// What differs between the configuration in force and another one, for people: by keys of the configuration, and for lines and
// users by their names. Each change says whether a reload can bring it about. Pure; no value of a key is told, since it may be
// a secret.
import { isDeepStrictEqual } from 'node:util';
import { identityOf } from '../../protocol/lines/numbers.js';
import type { ListenOptions } from '../../protocol/listen-options.js';
import { identitiesOf } from '../../protocol/listener-numbers.js';
import type { Configuration, Options } from '../../protocol/options.js';
import { comparable } from '../../protocol/rules/at-listeners.js';
import type { UserEntry, UsersOptions } from '../../protocol/users/user-entry.js';
import { listenerNames } from '../config/listener-names.js';

/** Changes that are told one by one. */
const TOLD_MAX = 50;

export interface Changes {
  /** What a reload changes, such as `race.stagger_ms` or `line "proxy": added`. */
  readonly changed: readonly string[];
  /** What stays as it was until the gateway is started again. */
  readonly needsRestart: readonly string[];
}

/** Keys of the configuration where those of the options have other names; those that are not listed are the same. */
const KEYS: Readonly<Record<string, string>> = { blacklist: 'IpBlacklist', budgets: 'budget_bytes' };
/** Options that are compared key by key. */
const GROUPS = ['admin', 'share', 'log', 'limits', 'race', 'cache', 'dns', 'egress', 'udp'] as const;
/** These are told in other words, or follow from others. */
const TOLD_APART: ReadonlySet<string> = new Set(['lines', 'listen', 'rules', 'users', 'egress.guarded']);
const COMPUTED: ReadonlySet<string> = new Set(['limits.racing_max', 'dns.udp_sockets_max', 'udp.way_fds_max']);

/** What all actors and main work by. An upgrade changes it, too. */
export const AT_START: ReadonlySet<string> = new Set(['engine']);

/** Paths of all options that differ. */
function differingPaths(before: Configuration, after: Configuration): string[] {
  const paths: string[] = [];
  for (const key of Object.keys(after) as (keyof Configuration)[]) {
    if (TOLD_APART.has(key)) continue;
    const group = GROUPS.find((one) => one === key);
    if (group === undefined) {
      if (!isDeepStrictEqual(before[key], after[key])) paths.push(key);
      continue;
    }
    const [own, other] = [new Map(Object.entries(before[group])), new Map(Object.entries(after[group]))];
    for (const [name, value] of other) {
      const path = `${group}.${name}`;
      if (!COMPUTED.has(path) && !TOLD_APART.has(path) && !isDeepStrictEqual(own.get(name), value)) paths.push(path);
    }
  }
  return paths;
}

export function changesBetween(before: Configuration, after: Configuration): Changes {
  const paths = differingPaths(before, after);
  const shown = (path: string): string => KEYS[path] ?? path;
  const [late, now] = [true, false].map((restart) => paths.filter((path) => AT_START.has(path) === restart).map(shown));
  return {
    changed: bounded([
      ...now,
      ...named('listener', listenersOf(before), listenersOf(after), ({ identity }) => identity, 'closed'),
      ...lineChanges(before.lines, after.lines),
      ...(isDeepStrictEqual(rulesOf(before), rulesOf(after)) ? [] : ['rules']),
      ...userChanges(before.users, after.users),
    ]),
    needsRestart: late,
  };
}

/** Thousands of users make no line of a log. */
const bounded = (told: readonly string[]): readonly string[] =>
  told.length <= TOLD_MAX ? told : [...told.slice(0, TOLD_MAX), `and ${told.length - TOLD_MAX} more`];

/** With the names by which rules know them. */
function listenersOf({ listen }: Configuration) {
  const [names, identities] = [listenerNames(listen), listenerIdentities(listen)];
  return listen.map((one, at) => ({ ...one, name: names[at], identity: identities[at] }));
}

const listenerIdentities = (listen: readonly ListenOptions[]): readonly string[] =>
  identitiesOf(listen.map(({ place }) => place));

/** They are the same where listeners stand in another order. */
const rulesOf = ({ rules, listen }: Configuration): readonly unknown[] => comparable(rules, listenerIdentities(listen));

function lineChanges(before: Options['lines'], after: Options['lines']): string[] {
  const told = named('line', before, after, identityOf);
  const order = (lines: Options['lines']) => lines.map(identityOf);
  if (told.length === 0 && !isDeepStrictEqual(order(before), order(after))) told.push('the order of the lines');
  return told;
}

/** What has become of things with names. The number of a line follows from its identity. */
function named<Of extends { readonly name: string }>(
  what: string,
  before: readonly Of[],
  after: readonly Of[],
  identity: (one: Of) => string,
  gone = 'removed',
): string[] {
  const told: string[] = [];
  const old = new Map(before.map((one) => [identity(one), one]));
  for (const one of after) {
    const known = old.get(identity(one));
    if (known === undefined) told.push(`${what} ${JSON.stringify(one.name)}: added`);
    else if (!isDeepStrictEqual({ ...known }, { ...one })) told.push(`${what} ${JSON.stringify(one.name)}: changed`);
    old.delete(identity(one));
  }
  for (const { name } of old.values()) told.push(`${what} ${JSON.stringify(name)}: ${gone}`);
  return told;
}

function userChanges(before: UsersOptions | undefined, after: UsersOptions | undefined): readonly string[] {
  const users = named('user', entriesOf(before), entriesOf(after), nameOf);
  // A file that has changed since may have been read meanwhile, and then other users are in force than `before` has.
  const isOther = before?.file?.path !== after?.file?.path || before?.file?.state !== after?.file?.state;
  return users.length === 0 && isOther ? ['users_file'] : users;
}

const nameOf = ({ name }: UserEntry): string => name;

const entriesOf = (users: UsersOptions | undefined): readonly UserEntry[] => [
  ...(users?.inline ?? []),
  ...(users?.file?.users ?? []),
];
