// Loads the configuration: file, then environment, then command line, each overriding the one before. All mistakes are
// reported at once, as texts that are ready to be shown. A bad configuration never throws.
import { dirname, resolve } from 'node:path';
import type { LineNumbers } from '../../protocol/lines/numbers.js';
import type { Configuration } from '../../protocol/options.js';
import { warnOfPlainSecrets } from './checks/values/plain-secrets.js';
import { Diagnostics } from './diagnostics/diagnostics.js';
import { inside, placeOf, placeText } from './diagnostics/place.js';
import { finish } from './finish.js';
import { type InEffect, inEffectOf } from './in-effect.js';
import { type RawValue, rawFromEnvironment, rawFromFile, rawFromFlags } from './raw-values.js';
import { readConfigFile } from './sources/file.js';
import { originOf } from './sources/origin.js';
import type { Parsed } from './sources/syntax.js';
import { isStranger, isUnlike, unlikeText } from './strangers.js';

export interface Sources {
  /** The file named by the user; undefined: `config.json` is read if it exists. */
  readonly file: string | undefined;
  /** Where the file is searched, and where relative paths in the environment start. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Values from the command line, as text, by key. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** Of the process, if lines have been numbered before. */
  readonly numbers?: LineNumbers;
  /** How to treat a `config.json` that the user did not name and that belongs to another program. */
  readonly strangers?: 'refused' | 'passed over';
}

export type Loaded =
  | {
      readonly kind: 'loaded';
      /** Deeply frozen. */
      readonly options: Configuration;
      readonly warnings: readonly string[];
      /** The file that was read; undefined if there was none. */
      readonly file: string | undefined;
      /** The place of a rule: `config.json: line 7: rules[2]`. Looked up at each call. */
      readonly whereRule: (rule: number) => string;
      /** Every key with its value and where that came from. Looked up at each call. */
      readonly inEffect: () => readonly InEffect[];
    }
  | { readonly kind: 'invalid'; readonly errors: readonly string[]; readonly warnings: readonly string[] };

const DEFAULT_FILE = 'config.json';

/** Returns `invalid` with all errors for a configuration that cannot be used. Warnings never make it invalid. */
export function load(sources: Sources): Loaded {
  const { directory, environment, flags } = sources;
  const diagnostics = new Diagnostics();
  const found = fileValues(sources, diagnostics);
  const raw = [
    ...found.raw,
    ...rawFromEnvironment(environment, diagnostics, directory),
    ...rawFromFlags(flags, diagnostics),
  ];
  const normal = new Map<string, unknown>();
  const options = finish(raw, diagnostics, sources.numbers, normal);
  const { errors, warnings } = diagnostics;
  if (options === undefined) return { kind: 'invalid', errors, warnings };
  const rules = raw.findLast(({ path }) => path === 'rules')?.place ?? placeOf('rules');
  const whereRule = (rule: number): string => placeText(inside(rules, rule));
  const inEffect = (): readonly InEffect[] => inEffectOf(raw, normal);
  return { kind: 'loaded', options, warnings, file: found.file, whereRule, inEffect };
}

interface Found {
  readonly raw: readonly RawValue[];
  readonly file: string | undefined;
}

function fileValues({ file, directory, strangers }: Sources, diagnostics: Diagnostics): Found {
  const name = file ?? DEFAULT_FILE;
  const path = resolve(directory, name);
  const read = readConfigFile(path);
  switch (read.kind) {
    case 'parsed':
      if (file === undefined && isStranger(read.value)) return stranger(name, strangers, diagnostics);
      if (isUnlike(read.value)) {
        diagnostics.error(placeOf(name), unlikeText(read.value));
        return { raw: [], file: name };
      }
      warnOfPlainSecrets(read.value, path, placeOf(name), diagnostics);
      return { raw: valuesOf(read, name, folderOf(path, directory), diagnostics), file: name };
    case 'invalid':
      for (const problem of read.problems) diagnostics.error(placeOf(name), problem);
      return { raw: [], file: name };
    case 'absent':
      if (file !== undefined) diagnostics.error(placeOf(name), 'no such file');
      return { raw: [], file: undefined };
    default:
      return read satisfies never;
  }
}

function valuesOf(
  read: Extract<Parsed, { kind: 'parsed' }>,
  name: string,
  folder: string,
  diagnostics: Diagnostics,
): RawValue[] {
  const origin = { ...originOf(read, name, diagnostics), folder };
  return rawFromFile(read.value, origin, diagnostics);
}

/** Where the relative paths in a file start. For a pipe of the process this is the working directory. */
function folderOf(path: string, directory: string): string {
  return /^\/(?:dev|proc)\//.test(path) ? directory : dirname(path);
}

function stranger(name: string, strangers: Sources['strangers'], diagnostics: Diagnostics): Found {
  const what = "seems to be another program's: none of its keys is one of the configuration";
  if (strangers === 'passed over') diagnostics.warn(placeOf(name), `${what}; passed over`);
  else diagnostics.error(placeOf(name), `${what}; name the right file with -c, or start in another directory`);
  return { raw: [], file: undefined };
}
