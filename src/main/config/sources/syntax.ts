// The text formats: JSON with comments, YAML and TOML, each to a plain tree of bounded size. It knows no key. A message
// says where and why, and never quotes the text, which may hold a password.
import { createRequire } from 'node:module';
import json5 from 'json5';
import type { Document } from 'yaml';
import type { Step } from '../diagnostics/place.js';
import { type JsonLayout, jsonLayout, type Repeated } from './json-layout.js';
import { tomlLineOf } from './toml-lines.js';
import { yamlLineOf } from './yaml-lines.js';

/** Parsers of formats that a start seldom needs, which make it slower. */
const load = createRequire(import.meta.url);
const yaml = () => load('yaml') as typeof import('yaml');
const toml = () => load('smol-toml') as typeof import('smol-toml');

export type Parsed =
  | {
      readonly kind: 'parsed';
      readonly value: unknown;
      /** The line of what these steps lead to, or of the nearest thing around it. Dear: only for what is told. */
      readonly lineOf?: (steps: readonly Step[]) => number | undefined;
      /** Keys that stand twice. The other formats do not allow them. */
      readonly repeated?: readonly Repeated[];
    }
  | { readonly kind: 'invalid'; readonly why: string };

/** Far above any real configuration; so that later walks may recurse. */
const DEPTH_MAX = 200;
const VALUES_MAX = 250_000;

export function parseJson(text: string): Parsed {
  try {
    const parsed = bounded(json5.parse(text));
    if (parsed.kind === 'invalid') return parsed;
    const { lineOf, repeated } = jsonLayout(text, json5.parse);
    return { ...parsed, lineOf, repeated };
  } catch (error) {
    const { message, lineNumber, columnNumber } = error as {
      message: string;
      lineNumber: number;
      columnNumber: number;
    };
    const why = message.replace(/^JSON5: /, '').replace(/ at \d+:\d+$/, '');
    return invalid(lineNumber, columnNumber, `${why}${commaHint(jsonLayout(text, json5.parse), lineNumber)}`);
  }
}

function commaHint({ commaMissing }: JsonLayout, line: number): string {
  return commaMissing?.beforeLine === line ? `: a comma is missing after line ${commaMissing.afterLine}` : '';
}

export function parseYaml(text: string): Parsed {
  const { LineCounter, parseDocument } = yaml();
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    stringKeys: true,
    merge: true,
    logLevel: 'error',
  });
  const [problem] = [...document.errors, ...document.warnings];
  const invalidAt = (offset: number, why: string) => {
    const { line, col } = lineCounter.linePos(offset);
    return invalid(line, col, why);
  };
  if (problem !== undefined) return invalidAt(problem.pos[0], problem.message);
  try {
    return located(bounded(document.toJS() ?? {}), yamlLineOf(document, lineCounter, yaml()));
  } catch (error) {
    const dangling = danglingAlias(document);
    if (dangling !== undefined) return invalidAt(dangling, 'an alias without its anchor');
    const merge = wrongMerge(document);
    if (merge !== undefined) return invalidAt(merge, '"<<" takes a map, an alias of one, or a list of such');
    return { kind: 'invalid', why: (error as Error).message }; // too many aliases
  }
}

/** The offset of the first alias whose anchor does not come before it. */
function danglingAlias(document: Document): number | undefined {
  let offset: number | undefined;
  const { visit } = yaml();
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      offset = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return offset;
}

/** The offset of the first `<<` whose value cannot be merged. */
function wrongMerge(document: Document): number | undefined {
  let offset: number | undefined;
  const { isAlias, isMap, isScalar, isSeq, visit } = yaml();
  const fits = (node: unknown): boolean => isMap(isAlias(node) ? node.resolve(document) : node);
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || key.value !== '<<' || fits(value) || (isSeq(value) && value.items.every(fits)))
        return undefined;
      offset = key.range?.[0];
      return visit.BREAK;
    },
  });
  return offset;
}

export function parseToml(text: string): Parsed {
  const { parse, TomlError } = toml();
  try {
    return located(bounded(parse(text)), tomlLineOf(text, parse));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const why = (error.message.split('\n')[0] as string).replace(/^Invalid TOML document: /, '');
    return invalid(error.line, error.column, why);
  }
}

function located(parsed: Parsed, lineOf: (steps: readonly Step[]) => number | undefined): Parsed {
  return parsed.kind === 'parsed' ? { ...parsed, lineOf } : parsed;
}

function invalid(line: number, column: number, why: string): Parsed {
  return { kind: 'invalid', why: `line ${line}, column ${column}: ${why}` };
}

/** Walks without recursion. The depth also ends a tree that YAML aliases have made circular. */
function bounded(value: unknown): Parsed {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  let values = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    values += 1;
    if (next.depth > DEPTH_MAX) return { kind: 'invalid', why: `nested deeper than ${DEPTH_MAX} levels` };
    if (values + open.length > VALUES_MAX) return { kind: 'invalid', why: `more than ${VALUES_MAX} values` };
    if (typeof next.value !== 'object' || next.value === null) continue;
    for (const part of Object.values(next.value)) open.push({ value: part, depth: next.depth + 1 });
  }
  return { kind: 'parsed', value };
}
