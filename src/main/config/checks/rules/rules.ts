// Checks `rules`: which connections are blocked, or kept to some of the lines. Each mistake is reported with its key path,
// a mistake in a list file with its line number. It does not know the lines (see use.ts) and matches nothing.
import { readListFile } from '../../../../files/list-file.js';
import type { QuietKeys } from '../../../../protocol/quiet/quiet.js';
import type { ClientConditions } from '../../../../protocol/rules/clients.js';
import { ENTRIES_MAX, ENTRY_FORMS, elsewhere } from '../../../../protocol/rules/list.js';
import type { Destinations, ListFile, ListKind, PortRange, Rule } from '../../../../protocol/rules/rule.js';
import type { Sticky } from '../../../../protocol/rules/sticky.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import { fileAt, inside, type Place } from '../../diagnostics/place.js';
import { isPath } from '../values/ca-file.js';
import { warnOfHostBits } from '../values/host-bits.js';
import { type Entry, oneOrList } from '../values/one-or-list.js';
import { checkQuiet, QUIET_KEYS, QUIET_SPELLINGS } from '../values/quiet.js';
import type { Check } from '../values/setting.js';
import { CLIENT_CHECKS, CLIENT_KEYS } from './clients.js';
import { checkPorts } from './ports.js';
import { checkFlag, checkSticky } from './sticky.js';

/** A rule that still has names of lines and listeners, not their numbers. A wrong name has been reported, and is undefined. */
export interface RuleSetting extends Omit<Rule, 'ruling' | 'clients'> {
  readonly clients?: Omit<ClientConditions, 'listener'> & { readonly listener: readonly (string | undefined)[] };
  readonly ruling:
    | 'block'
    | {
        readonly use: readonly (string | undefined)[] | undefined;
        readonly sticky: Sticky | false;
        readonly quiet?: QuietKeys;
      };
}

const RULES_MAX = 100_000;
/** A bound, since each file is checked for changes twice a second. */
const FILES_MAX = 64;
/** The maximum of `limits.lines_max`. */
const USE_MAX = 1024;
const KINDS: readonly ListKind[] = ['domain', 'domain_suffix', 'cidr'];
const FILE_KEYS = { domain: 'domain_file', domain_suffix: 'domain_suffix_file', cidr: 'cidr_file' } as const;
const ACTIONS = ['use', 'block', 'sticky', ...QUIET_KEYS] as const;
const CONDITIONS: readonly string[] = [...KINDS, 'port', ...Object.values(FILE_KEYS), ...CLIENT_KEYS];
const RULE_KEYS: readonly string[] = [...CONDITIONS, ...ACTIONS, 'strict'];
export const RULES_ALLOWED = `a list of at most ${RULES_MAX} rules, each an object with conditions (${CONDITIONS.join(', ')}) and what to do (${ACTIONS.join(', ')})`;
const PATHS_ALLOWED = `the path of a list, or a list of 1 to ${FILES_MAX} paths`;
const USE_ALLOWED = `the name of a line, or a list of 1 to ${USE_MAX} such`;

export const checkRules: Check<readonly RuleSetting[]> = (value, place, diagnostics) => {
  if (!Array.isArray(value) || value.length > RULES_MAX) {
    diagnostics.reject(place, value, RULES_ALLOWED);
    return undefined;
  }
  return new Walk(diagnostics).rules(value, place);
};

type Fields = Readonly<Record<string, unknown>>;

/** Stands for a rule that has been reported as wrong. */
const WRONG: RuleSetting = { destinations: undefined, ports: [], ruling: { use: undefined, sticky: false } };

class Walk {
  readonly #diagnostics: Diagnostics;
  #entries = 0;
  #files = 0;

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  rules(values: readonly unknown[], place: Place): readonly RuleSetting[] | undefined {
    const before = this.#diagnostics.errorCount;
    const rules = values.map((value, index) => this.#rule(value, inside(place, index)));
    if (this.#entries > ENTRIES_MAX) {
      this.#diagnostics.error(
        place,
        `${this.#entries} names and ranges with those in files; allowed: at most ${ENTRIES_MAX}`,
      );
    }
    if (this.#files > FILES_MAX) {
      this.#diagnostics.error(place, `${this.#files} files; allowed: at most ${FILES_MAX}`);
    }
    // Wrong rules are returned too: their lines are checked later, so that all mistakes are reported at once.
    if (this.#diagnostics.errorCount > before) return rules;
    const last = rules.findIndex(
      ({ destinations, ports, clients }) => destinations === undefined && ports.length === 0 && clients === undefined,
    );
    if (last >= 0 && last + 1 < rules.length) {
      this.#diagnostics.warn(inside(place, last + 1), 'is never used: the rule before it has no condition');
    }
    return rules;
  }

  #rule(value: unknown, place: Place): RuleSetting {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#diagnostics.reject(place, value, 'a rule: an object with conditions and what to do');
      return WRONG;
    }
    const fields = value as Fields;
    for (const key of Object.keys(fields)) {
      if (!RULE_KEYS.includes(key) && !QUIET_SPELLINGS.includes(key))
        this.#diagnostics.unknownKey(place, key, RULE_KEYS);
    }
    const strict = this.#optional(fields, 'strict', place, checkFlag) ?? false;
    const destinations = this.#destinations(fields, place, strict);
    const ports = this.#optional<readonly PortRange[]>(fields, 'port', place, checkPorts) ?? [];
    const clients = this.#clients(fields, place);
    return { destinations, ports, ...(clients && { clients }), ruling: this.#ruling(fields, place) };
  }

  /** undefined if the rule has no condition on clients. */
  #clients(fields: Fields, place: Place): RuleSetting['clients'] {
    if (!CLIENT_KEYS.some((key) => Object.hasOwn(fields, key))) return undefined;
    const [client, user, tag, listener] = CLIENT_KEYS.map(
      (key) => this.#optional(fields, key, place, CLIENT_CHECKS[key]) ?? [],
    );
    for (const { length } of [client, user, tag, listener]) this.#entries += length;
    return { client: known(client), user: known(user), tag: known(tag), listener };
  }

  /** undefined if the rule has no condition on destinations. */
  #destinations(fields: Fields, place: Place, strict: boolean): Destinations | undefined {
    if (!KINDS.some((kind) => Object.hasOwn(fields, kind) || Object.hasOwn(fields, FILE_KEYS[kind]))) return undefined;
    const entries = (kind: ListKind) =>
      this.#optional(fields, kind, place, (value, at) => this.#entriesOf(kind, value, at)) ?? [];
    const files = (kind: ListKind) =>
      this.#optional(fields, FILE_KEYS[kind], place, (value, at) => this.#filesOf(kind, value, at, strict)) ?? [];
    return {
      domain: entries('domain'),
      domain_suffix: entries('domain_suffix'),
      cidr: entries('cidr'),
      files: KINDS.flatMap(files),
    };
  }

  #entriesOf(kind: ListKind, value: unknown, place: Place): readonly string[] {
    const { what, parse } = ENTRY_FORMS[kind];
    const found = new Set<string>();
    for (const [text, at] of this.#each(value, place, `${what}, or a list of 1 to ${ENTRIES_MAX} such`, ENTRIES_MAX)) {
      const entry = typeof text === 'string' ? parse(text) : undefined;
      if (entry === undefined) {
        this.#diagnostics.reject(at, text, `${what}${adviceOf(kind, text)}`);
        continue;
      }
      found.add(entry);
      if (kind === 'cidr') warnOfHostBits(text as string, at, this.#diagnostics);
    }
    this.#entries += found.size;
    return [...found];
  }

  #filesOf(kind: ListKind, value: unknown, place: Place, strict: boolean): readonly ListFile[] {
    const files: ListFile[] = [];
    for (const [path, at] of this.#each(value, place, PATHS_ALLOWED, FILES_MAX)) {
      if (!isPath(path)) {
        this.#diagnostics.reject(at, path, 'the path of a list');
        continue;
      }
      const file = { kind, path: fileAt(at, path), ...(strict ? { strict } : {}) };
      const read = readListFile(file);
      if (read.code === 'read') {
        this.#entries += read.entries.length;
        if (read.skipped !== undefined) this.#diagnostics.warn(at, `${path}: ${read.skipped}`);
      } else for (const problem of read.problems) this.#diagnostics.error(at, `${path}: ${problem}`);
      files.push(file);
    }
    this.#files += files.length;
    return files;
  }

  #ruling(fields: Fields, place: Place): RuleSetting['ruling'] {
    const use = this.#optional(fields, 'use', place, (value, at) => this.#linesOf(value, at));
    const block = this.#optional(fields, 'block', place, checkFlag) ?? false;
    const sticky = this.#optional(fields, 'sticky', place, checkSticky) ?? false;
    const quiet = checkQuiet(fields, place, this.#diagnostics);
    const ruling = { use, sticky, ...(quiet && { quiet }) };
    if (block) {
      const others = ['use', ...(sticky ? ['sticky'] : []), ...QUIET_SPELLINGS];
      const other = others.find((key) => Object.hasOwn(fields, key));
      if (other === undefined) return 'block';
      this.#diagnostics.error(inside(place, other), 'does not go together with "block"; allowed: one of them');
      return ruling;
    }
    if (Object.hasOwn(fields, 'use') || sticky || quiet !== undefined) return ruling;
    if (!ACTIONS.some((action) => Object.hasOwn(fields, action) && fields[action] !== false)) {
      this.#diagnostics.error(place, `says nothing to do; needed: one of ${ACTIONS.join(', ')}`);
    }
    return WRONG.ruling;
  }

  #linesOf(value: unknown, place: Place): readonly (string | undefined)[] | undefined {
    const names = oneOrList(value, place, 1, USE_MAX);
    if (names === undefined) this.#diagnostics.reject(place, value, USE_ALLOWED);
    return names?.map(([name, at]) => {
      if (typeof name === 'string') return name;
      this.#diagnostics.reject(at, name, 'the name of a line');
      return undefined;
    });
  }

  /** A single value, or each entry of a list, with its place; none after a mistake was reported. */
  #each(value: unknown, place: Place, allowed: string, max: number): readonly Entry[] {
    const entries = oneOrList(value, place, 1, max);
    if (entries === undefined) this.#diagnostics.reject(place, value, allowed);
    return entries ?? [];
  }

  #optional<T>(fields: Fields, key: string, place: Place, check: Check<T>): T | undefined {
    return Object.hasOwn(fields, key) ? check(fields[key], inside(place, key), this.#diagnostics) : undefined;
  }
}

/** What to write for a text that would be right in another place of a rule. */
function adviceOf(kind: ListKind, text: unknown): string {
  const other = typeof text === 'string' ? elsewhere(kind, text) : undefined;
  return other === undefined ? '' : `; for this write "${other.kind}": "${other.entry}"`;
}

/** The different entries that are right. */
function known(entries: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(entries.filter((entry) => entry !== undefined))];
}
