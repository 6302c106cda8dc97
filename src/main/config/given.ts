// Gathers the values that were given, from a file's tree, the environment and the command line, each with the place where
// it stands. It does not check the values: see settle.ts.
import { isDeepStrictEqual } from 'node:util';
import { type Findings, hint } from './findings.js';
import { type AnySetting, KEYS, SPELLINGS, sectionOf, settingOf, TOP_KEYS } from './keys.js';
import { shown } from './mask.js';
import { inside, type Place, placeOf } from './place.js';

export interface Given {
  readonly path: string;
  readonly setting: AnySetting;
  readonly place: Place;
  readonly value: unknown;
}

const ENV_PREFIX = 'TCPROUTE_';

/** What a file says. Unknown keys are errors. */
export function givenByFile(document: unknown, origin: string, findings: Findings): Given[] {
  const place = placeOf(origin);
  const fields = asObject(document);
  if (fields !== undefined) return Object.keys(fields).flatMap((name) => givenByKey(fields, name, place, findings));
  findings.reject(place, document, 'an object with the keys of the configuration');
  return [];
}

function givenByKey(
  fields: Readonly<Record<string, unknown>>,
  name: string,
  place: Place,
  findings: Findings,
): Given[] {
  const value = fields[name];
  const section = sectionOf(name);
  if (section !== undefined) return givenBySection(value, name, Object.keys(section), inside(place, name), findings);
  const path = Object.hasOwn(SPELLINGS, name) ? (SPELLINGS[name] as string) : name;
  if (path !== name && Object.hasOwn(fields, path)) {
    if (!isDeepStrictEqual(fields[path], value)) {
      const both = `${shown(value, name)} differs from "${path}", which is ${shown(fields[path], path)}`;
      findings.error(inside(place, name), `${both} and the same key; allowed: one of them`);
    }
    return [];
  }
  const setting = settingOf(path);
  if (setting !== undefined) return [{ path, setting, place: inside(place, name), value }];
  findings.unknownKey(place, name, TOP_KEYS);
  return [];
}

function givenBySection(
  value: unknown,
  name: string,
  known: readonly string[],
  place: Place,
  findings: Findings,
): Given[] {
  const fields = asObject(value);
  if (fields === undefined) {
    findings.reject(place, value, `an object with ${known.join(', ')}`);
    return [];
  }
  return Object.keys(fields).flatMap((inner) => {
    const path = `${name}.${inner}`;
    const setting = settingOf(path);
    if (setting !== undefined) return [{ path, setting, place: inside(place, inner), value: fields[inner] }];
    const section = sectionOf(path);
    if (section !== undefined) {
      return givenBySection(fields[inner], path, Object.keys(section), inside(place, inner), findings);
    }
    findings.unknownKey(place, inner, known);
    return [];
  });
}

/** What the environment says. An empty variable is as good as none; an unknown one may be another program's. */
export function givenByEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  findings: Findings,
): Given[] {
  const variables = KEYS.map(({ setting }) => setting.env);
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(ENV_PREFIX) || variables.includes(name)) continue;
    findings.warn(placeOf(name), `not a variable of the configuration; ${hint(name, variables)}`);
  }
  return KEYS.flatMap(({ path, setting }) => {
    const text = environment[setting.env]?.trim() ?? '';
    return text === '' ? [] : givenByText(path, setting, placeOf(setting.env), text, findings);
  });
}

/** What the command line says: texts by key path. */
export function givenByFlags(flags: Readonly<Record<string, string | undefined>>, findings: Findings): Given[] {
  return Object.entries(flags).flatMap(([path, text]) => {
    const setting = settingOf(path);
    if (setting === undefined || text === undefined) return [];
    return givenByText(path, setting, placeOf(`--${path.replaceAll('_', '-')}`), text, findings);
  });
}

function givenByText(path: string, setting: AnySetting, place: Place, text: string, findings: Findings): Given[] {
  const parsed = setting.fromText(text);
  if (parsed.kind === 'parsed') return [{ path, setting, place, value: parsed.value }];
  findings.error(place, `${parsed.why}; allowed: ${setting.allowed}`);
  return [];
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const fits = typeof value === 'object' && value !== null && !Array.isArray(value);
  return fits ? (value as Readonly<Record<string, unknown>>) : undefined;
}
