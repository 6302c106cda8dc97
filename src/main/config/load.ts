// Loads the configuration: file, then environment, then command line, each overriding the one before. Everything that is
// wrong is reported at once, as text that is ready to be shown. Nothing is thrown for a bad configuration.
import { resolve } from 'node:path';
import type { Configuration } from '../../protocol/options.js';
import { readConfigFile } from './file.js';
import { Findings } from './findings.js';
import { type Given, givenByEnvironment, givenByFile, givenByFlags } from './given.js';
import { placeOf } from './place.js';
import { settle } from './settle.js';

export interface Sources {
  /** The file that was asked for; without one, `config.json` is read if it exists. */
  readonly file: string | undefined;
  /** Where relative paths start. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Values from the command line, as text, by key. */
  readonly flags: Readonly<Record<string, string | undefined>>;
}

export type Loaded =
  | {
      readonly kind: 'loaded';
      /** Frozen, to the last list. */
      readonly options: Configuration;
      readonly warnings: readonly string[];
      /** The file that was read; undefined when there was none. */
      readonly file: string | undefined;
    }
  | { readonly kind: 'invalid'; readonly errors: readonly string[]; readonly warnings: readonly string[] };

const DEFAULT_FILE = 'config.json';

export function load({ file, directory, environment, flags }: Sources): Loaded {
  const findings = new Findings();
  const found = fileValues(file, directory, findings);
  const given = [...found.given, ...givenByEnvironment(environment, findings), ...givenByFlags(flags, findings)];
  const options = settle(given, findings);
  const { errors, warnings } = findings;
  if (options === undefined) return { kind: 'invalid', errors, warnings };
  return { kind: 'loaded', options, warnings, file: found.file };
}

function fileValues(
  file: string | undefined,
  directory: string,
  findings: Findings,
): { given: readonly Given[]; file: string | undefined } {
  const name = file ?? DEFAULT_FILE;
  const read = readConfigFile(resolve(directory, name));
  switch (read.kind) {
    case 'parsed':
      return { given: givenByFile(read.value, { name }, findings), file: name };
    case 'invalid':
      findings.error(placeOf(name), read.why);
      return { given: [], file: name };
    case 'absent':
      if (file !== undefined) findings.error(placeOf(name), 'no such file');
      return { given: [], file: undefined };
    default:
      return read satisfies never;
  }
}
