// Gathers the given values from a file's tree, the environment and the command line, each with its place. It does not check
// the values: see finish.ts.
import { isDeepStrictEqual } from 'node:util';
import { type Diagnostics, listed } from './diagnostics/diagnostics.js';
import { shown } from './diagnostics/mask.js';
import { inside, type Origin, type Place, placeOf, placeText } from './diagnostics/place.js';
import { closest } from './diagnostics/suggest.js';
import { type AnySetting, KEYS, namesIn, OTHER_WORDS, pathOf, sectionOf, settingOf, TOP_KEYS } from './keys.js';
import { isServiceVariable } from './service-variables.js';

export interface RawValue {
  readonly path: string;
  readonly setting: AnySetting;
  readonly place: Place;
  readonly value: unknown;
}

const ENV_PREFIX = 'TCPROUTE_';
/** Names of variables in one message at most. */
const NAMES_MAX = 8;

/** The values of a file. Unknown keys are errors. */
export function rawFromFile(document: unknown, { name, ...more }: Origin, diagnostics: Diagnostics): RawValue[] {
  const place = placeOf(name, more);
  const fields = asObject(document);
  if (fields !== undefined) {
    const values = Object.keys(fields).flatMap((key) => rawFromKey(fields, key, place, diagnostics));
    return apart(values, diagnostics);
  }
  const allowed = 'an object with the keys of the configuration';
  // The text is not shown: it is the whole file, which may hold a password.
  if (typeof document === 'string') diagnostics.error(place, `is one text, without keys; allowed: ${allowed}`);
  else diagnostics.reject(place, document, allowed);
  return [];
}

/** Reports a key that is written in two ways, such as `limits.lines_max` and `lines_max` in the section `limits`. */
function apart(values: readonly RawValue[], diagnostics: Diagnostics): RawValue[] {
  const first = new Map<string, Place>();
  return values.filter(({ path, place }) => {
    const before = first.get(path);
    if (before === undefined) first.set(path, place);
    else diagnostics.error(place, () => `the same key is at ${placeText(before)}; allowed: each key once`);
    return before === undefined;
  });
}

function rawFromKey(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  place: Place,
  diagnostics: Diagnostics,
): RawValue[] {
  const value = fields[name];
  if (sectionOf(name) !== undefined) return rawFromSection(value, name, inside(place, name), diagnostics);
  const path = pathOf(name);
  if (path !== name && Object.hasOwn(fields, path)) {
    if (!isDeepStrictEqual(fields[path], value)) {
      const other = placeText(inside(place, path));
      const both = `${shown(value, name)} differs from ${shown(fields[path], path)}, which is the same key at ${other}`;
      diagnostics.error(inside(place, name), `${both}; allowed: one of them`);
    }
    return [];
  }
  const setting = settingOf(path);
  if (setting !== undefined) return [{ path, setting, place: inside(place, name), value }];
  diagnostics.unknownKey(place, name, TOP_KEYS, OTHER_WORDS);
  return [];
}

function rawFromSection(value: unknown, name: string, place: Place, diagnostics: Diagnostics): RawValue[] {
  const fields = asObject(value);
  const known = namesIn(name);
  if (fields === undefined) {
    diagnostics.reject(place, value, `an object with ${known.join(', ')}`);
    return [];
  }
  return Object.keys(fields).flatMap((inner) => {
    const path = pathOf(`${name}.${inner}`);
    const setting = settingOf(path);
    if (setting !== undefined) return [{ path, setting, place: inside(place, inner), value: fields[inner] }];
    if (sectionOf(path) !== undefined) return rawFromSection(fields[inner], path, inside(place, inner), diagnostics);
    diagnostics.unknownKey(place, inner, known);
    return [];
  });
}

/**
 * The values of the environment; relative paths in it start in `folder`. An empty variable counts as absent. An unknown one
 * gets only a warning: it may be another program's.
 */
export function rawFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  diagnostics: Diagnostics,
  folder?: string,
): RawValue[] {
  const variables = KEYS.map(({ setting }) => setting.env);
  const services: string[] = [];
  const textOf = (name: string): string => environment[name]?.trim() ?? '';
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(ENV_PREFIX)) continue;
    if (isServiceVariable(name, textOf(name))) services.push(name);
    else if (!variables.includes(name)) {
      diagnostics.warn(placeOf(name), () => `not a variable of the configuration; ${hintOf(name, variables)}`);
    }
  }
  if (services.length > 0) {
    const whose = 'set by Kubernetes or Docker for a service of that name, no part of the configuration: passed over';
    diagnostics.warn(placeOf('environment'), `${listed(services.sort(), NAMES_MAX)}: ${whose}`);
  }
  return KEYS.flatMap(({ path, setting }) => {
    const text = textOf(setting.env);
    if (text === '' || services.includes(setting.env)) return [];
    return rawFromText(path, setting, placeOf(setting.env, folder === undefined ? {} : { folder }), text, diagnostics);
  });
}

/** No list, since there are too many variables. */
function hintOf(name: string, variables: readonly string[]): string {
  const near = closest(name, variables);
  return near === undefined ? 'docs/config.md has all of them' : `did you mean "${near}"?`;
}

/** The values of the command line: texts by key path. */
export function rawFromFlags(
  flags: Readonly<Record<string, string | undefined>>,
  diagnostics: Diagnostics,
): RawValue[] {
  return Object.entries(flags).flatMap(([path, text]) => {
    const setting = settingOf(path);
    if (setting === undefined || text === undefined) return [];
    return rawFromText(path, setting, placeOf(`--${path.replaceAll('_', '-')}`), text, diagnostics);
  });
}

function rawFromText(
  path: string,
  setting: AnySetting,
  place: Place,
  text: string,
  diagnostics: Diagnostics,
): RawValue[] {
  const parsed = setting.fromText(text);
  if (parsed.kind === 'parsed') {
    for (const { steps } of parsed.repeated ?? []) {
      diagnostics.error(steps.reduce(inside, place), 'the same key stands there twice; allowed: each key once');
    }
    return [{ path, setting, place, value: parsed.value }];
  }
  for (const problem of parsed.problems) diagnostics.error(place, `${problem}; allowed: ${setting.allowed}`);
  return [];
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const fits = typeof value === 'object' && value !== null && !Array.isArray(value);
  return fits ? (value as Readonly<Record<string, unknown>>) : undefined;
}
