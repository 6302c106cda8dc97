// Loads a configuration given as text, through a real file in a directory of its own that is removed afterwards.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Loaded, load } from '../../../src/main/config/load.js';
import type { ListenOptions } from '../../../src/protocol/listen-options.js';
import type { Configuration } from '../../../src/protocol/options.js';

interface Others {
  readonly environment?: Record<string, string>;
  readonly flags?: Record<string, string>;
}

/** `name` is the file's name, whose extension chooses the format; undefined text leaves the directory empty. */
export function loadText(
  name: string,
  text: string | Buffer | undefined,
  { environment = {}, flags = {} }: Others = {},
): Loaded {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-config-'));
  try {
    if (text !== undefined) writeFileSync(join(directory, name), text);
    return load({ file: text === undefined ? undefined : name, directory, environment, flags });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export function loadJson(tree: unknown, others?: Others): Loaded {
  return loadText('c.json', JSON.stringify(tree), others);
}

export function optionsOf(loaded: Loaded): Configuration {
  if (loaded.kind === 'loaded') return loaded.options;
  throw new Error(loaded.errors.join('\n'));
}

/** Where the first listener of a configuration without Unix sockets listens. */
export function listensAt(loaded: Loaded): { readonly host: string; readonly port: number } {
  const [{ place }] = optionsOf(loaded).listen as readonly [ListenOptions];
  if (place.kind === 'unix') throw new Error(`a Unix socket: ${place.path}`);
  return { host: place.host, port: place.port };
}

export function errorsOf(loaded: Loaded): readonly string[] {
  return loaded.kind === 'invalid' ? loaded.errors : [];
}

/** The errors of a configuration in c.json, without the name of the file and its one line. */
export function errorsIn(tree: unknown): readonly string[] {
  return errorsOf(loadJson(tree)).map((error) => error.replace(/^c\.json: (?:line 1: )?/, ''));
}

/** The warnings of a configuration in c.json that is right, likewise. */
export function warningsIn(tree: unknown): readonly string[] {
  const loaded = loadJson(tree);
  if (loaded.kind === 'invalid') throw new Error(loaded.errors.join('\n'));
  return loaded.warnings.map((warning) => warning.replace(/^c\.json: (?:line 1: )?/, ''));
}
