// What is wrong with a request, as sentences: each has the name, the value and what is allowed there.
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** Characters of a value that are shown. */
const SHOWN_MAX = 100;
/** Sentences of one request. */
const PROBLEMS_MAX = 20;

/** `what`: where it stands, such as `query`. Empty where the value is right. */
export function problemsOf(what: string, schema: TSchema, value: unknown): readonly string[] {
  const problems = new Map<string, string>();
  for (const { instancePath, keyword, params } of Value.Errors(schema, value)) {
    const steps = stepsOf(instancePath);
    const missing: readonly string[] =
      keyword === 'required' && 'requiredProperties' in params ? params.requiredProperties : [];
    for (const name of missing) {
      const at = [...steps, name];
      problems.set(nameOf(at), `${what} ${nameOf(at)} is missing; needed: ${allowedBy(schemaAt(schema, at))}`);
    }
    // It comes beside the error of each key that is not known.
    if (missing.length > 0 || keyword === 'additionalProperties') continue;
    const name = nameOf(steps);
    if (!problems.has(name)) problems.set(name, sentence(what, steps, schema, value));
  }
  const all = [...problems.values()];
  return all.length <= PROBLEMS_MAX ? all : [...all.slice(0, PROBLEMS_MAX), `and ${all.length - PROBLEMS_MAX} more`];
}

function sentence(what: string, steps: readonly string[], schema: TSchema, value: unknown): string {
  const at = schemaAt(schema, steps);
  if (at === undefined) {
    const names = namesIn(schemaAt(schema, steps.slice(0, -1)));
    return `${what} ${nameOf(steps)} is not known; ${names.length === 0 ? 'nothing is allowed' : `allowed: ${names.join(', ')}`}`;
  }
  const name = steps.length === 0 ? '' : ` ${nameOf(steps)}:`;
  return `${what}${name} ${shown(valueAt(value, steps))} is not allowed; allowed: ${allowedBy(at)}`;
}

const nameOf = (steps: readonly string[]): string => JSON.stringify(shortened(steps.join('.')));

/** Of a JSON pointer. */
const stepsOf = (path: string): readonly string[] =>
  path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

const shown = (value: unknown): string => shortened(JSON.stringify(value) ?? 'nothing');

const shortened = (text: string): string => (text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`);

function valueAt(value: unknown, [step, ...inner]: readonly string[]): unknown {
  if (step === undefined) return value;
  return typeof value === 'object' && value !== null ? valueAt(Reflect.get(value, step), inner) : undefined;
}

/** Undefined for what the schema does not know. */
function schemaAt(schema: unknown, [step, ...inner]: readonly string[]): unknown {
  if (step === undefined) return schema;
  const properties = fieldOf(schema, 'properties');
  const next = fieldOf(properties, step) ?? (/^\d+$/.test(step) ? fieldOf(schema, 'items') : undefined);
  return next === undefined ? undefined : schemaAt(next, inner);
}

const namesIn = (schema: unknown): readonly string[] => Object.keys(fieldOf(schema, 'properties') ?? {});

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

/** What a schema allows, in words. */
export function allowedBy(schema: unknown): string {
  const of = (name: string): unknown => fieldOf(schema, name);
  const [texts, some, type] = [of('enum'), of('anyOf'), of('type')];
  if (Array.isArray(texts)) return texts.join(', ');
  if (Array.isArray(some)) return some.map(allowedBy).join(', or ');
  switch (type) {
    case 'integer':
    case 'number':
      return `${type === 'integer' ? 'an integer' : 'a number'}${range(of('minimum'), of('maximum'))}`;
    case 'string':
      return `a text${range(of('minLength'), of('maxLength'), ' characters')}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `a list, each of its entries ${allowedBy(of('items'))}`;
    case 'object':
      return `an object with ${namesIn(schema).join(', ')}`;
    default:
      return of('const') === undefined ? String(type) : JSON.stringify(of('const'));
  }
}

function range(least: unknown, most: unknown, unit = ''): string {
  if (most === undefined) return least === undefined ? '' : ` of at least ${String(least)}${unit}`;
  return unit === ''
    ? ` from ${String(least ?? '-∞')} to ${String(most)}`
    : ` of ${least === undefined ? 'at most' : `${String(least)} to`} ${String(most)}${unit}`;
}
