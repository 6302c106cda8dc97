// Parses the text formats: JSON with comments, YAML and TOML, each to a plain tree of bounded size. It knows no keys. A
// message says where and why, and quotes no value, which may be a password. YAML and TOML are read on after a mistake if the
// rest still has a meaning, so that all mistakes are reported at once.
import { createRequire } from 'node:module';
import json5 from 'json5';
import type { Document } from 'yaml';
import type { Step } from '../diagnostics/place.js';
import { type Fault, faultText } from './fault.js';
import { type JsonLayout, jsonLayout, type Repeated } from './json-layout.js';
import { tomlFaults } from './toml-faults.js';
import { tomlLineOf } from './toml-lines.js';
import { yamlFaults } from './yaml-faults.js';
import { yamlLineOf } from './yaml-lines.js';

/** Loads the parsers of rare formats only when needed: they slow down the start. */
const load = createRequire(import.meta.url);
const yaml = () => load('yaml') as typeof import('yaml');
const toml = () => load('smol-toml') as typeof import('smol-toml');

export type Parsed =
  | {
      readonly kind: 'parsed';
      readonly value: unknown;
      /** The line of the value at these steps, or of the nearest value around it. Expensive: only for reported mistakes. */
      readonly lineOf?: (steps: readonly Step[]) => number | undefined;
      /** Keys that are repeated in JSON; the parsers of the other formats refuse them. */
      readonly repeated?: readonly Repeated[];
    }
  /** At least one, in the order of the text. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Bounds far above any real configuration, so that later walks may recurse. */
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
    const at = { line: lineNumber, column: columnNumber };
    const comma = commaHint(jsonLayout(text, json5.parse), lineNumber);
    return invalid({ ...at, why: `${why}${comma}`, ...valueFault(text, at, why) });
  }
}

/** A key, its colon, and the beginning of a number. */
const VALUE_BEGUN = /(?:^|[{,])\s*(?:([\w$-]+)|"([^"\\]{1,64})")\s*:\s*[\d.+-]*$/;

/** The fault of a wrong character at the beginning of a value: its key, and what a value may be. */
function valueFault(text: string, { line, column }: Pick<Fault, 'line' | 'column'>, why: string): Partial<Fault> {
  const before = text.split(/\r\n?|\n/)[line - 1]?.slice(0, column - 1) ?? '';
  const [, bare, quoted] = VALUE_BEGUN.exec(before) ?? [];
  const key = bare ?? quoted;
  if (key === undefined) return {};
  return { key, why: `${why}; allowed: a text in quotes, a number, true, false or null` };
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
  const faults = yamlFaults(text, document, lineCounter);
  if (faults.length > 0) return invalid(...faults);
  const invalidAt = (offset: number, why: string) => {
    const { line, col } = lineCounter.linePos(offset);
    return invalid({ line, column: col, why });
  };
  try {
    return located(bounded(document.toJS() ?? {}), yamlLineOf(document, lineCounter, yaml()));
  } catch (error) {
    const dangling = danglingAlias(document);
    if (dangling !== undefined) return invalidAt(dangling, 'an alias without its anchor');
    const merge = wrongMerge(document);
    if (merge !== undefined) return invalidAt(merge, '"<<" takes a map, an alias of one, or a list of such');
    return { kind: 'invalid', problems: [(error as Error).message] }; // too many aliases
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
  const { parse } = toml();
  const faults = tomlFaults(text, parse);
  if (faults.length > 0) return invalid(...faults);
  return located(bounded(parse(text)), tomlLineOf(text, parse));
}

function located(parsed: Parsed, lineOf: (steps: readonly Step[]) => number | undefined): Parsed {
  return parsed.kind === 'parsed' ? { ...parsed, lineOf } : parsed;
}

function invalid(...faults: readonly Fault[]): Parsed {
  return { kind: 'invalid', problems: faults.map(faultText) };
}

/** Checks the bounds, without recursion. The bound on depth also ends a tree that YAML aliases have made circular. */
function bounded(value: unknown): Parsed {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  let values = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    values += 1;
    if (next.depth > DEPTH_MAX) return { kind: 'invalid', problems: [`nested deeper than ${DEPTH_MAX} levels`] };
    if (values + open.length > VALUES_MAX) return { kind: 'invalid', problems: [`more than ${VALUES_MAX} values`] };
    if (typeof next.value !== 'object' || next.value === null) continue;
    for (const part of Object.values(next.value)) open.push({ value: part, depth: next.depth + 1 });
  }
  return { kind: 'parsed', value };
}
