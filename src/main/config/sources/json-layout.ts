// The layout of a JSON text: the line of each key and entry, repeated keys, and a missing comma. It gives no values: the
// parser does (syntax.ts). A text that the parser refuses is followed as far as possible.
import type { Step } from '../diagnostics/place.js';

interface Spot {
  readonly offset: number;
  keys?: Map<string, Spot>;
  items?: Spot[];
}

export interface Repeated {
  readonly steps: readonly Step[];
  readonly line: number;
  /** The line of its first occurrence. */
  readonly firstLine: number;
}

export interface JsonLayout {
  lineOf(steps: readonly Step[]): number | undefined;
  readonly repeated: readonly Repeated[];
  /** The first place where a value follows another without a comma: the lines of the first one's end and of the second. */
  readonly commaMissing: { readonly afterLine: number; readonly beforeLine: number } | undefined;
}

type Parse = (text: string) => object;

interface Open {
  readonly spot: Spot;
  readonly step: Step | undefined;
  readonly isObject: boolean;
  awaits: 'key' | 'colon' | 'value' | 'comma';
  /** The member whose value comes next. */
  member: { readonly key: string; readonly spot: Spot } | undefined;
}

/** White space and comments; a string; a bracket, comma or colon; a word; any other character. */
const TOKEN =
  /(\s+|\/\/[^\n\r]*|\/\*[\s\S]*?\*\/)|("(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*')|([{}[\],:])|[^\s{}[\],:"'/]+|[\s\S]/g;
/** As many as are reported. */
const REPEATED_MAX = 50;

/** `parse`: the parser, which reads keys with escapes. */
export function jsonLayout(text: string, parse: Parse): JsonLayout {
  const scan = new Scan(text, parse);
  return {
    lineOf: (steps) => scan.lineOf(steps),
    repeated: scan.repeated,
    commaMissing: scan.commaMissing,
  };
}

class Scan {
  readonly repeated: Repeated[] = [];
  commaMissing: JsonLayout['commaMissing'];
  readonly #text: string;
  readonly #parse: Parse;
  readonly #open: Open[] = [];
  #root: Spot | undefined;
  /** The offset after the last value. */
  #end = 0;

  constructor(text: string, parse: Parse) {
    this.#text = text;
    this.#parse = parse;
    for (const { 0: token, 1: blank, 3: mark, index } of text.matchAll(TOKEN)) {
      if (blank !== undefined) continue;
      if (mark === '}' || mark === ']') this.#close();
      else if (mark === ',' || mark === ':') this.#next(mark);
      else if (mark !== undefined || !this.#isKey(token, index)) this.#value(index, mark);
      if (mark !== ',' && mark !== ':') this.#end = index + token.length;
    }
  }

  /** The line of the value at `steps`, or of the nearest value around it. */
  lineOf(steps: readonly Step[]): number | undefined {
    let spot = this.#root;
    for (const step of steps) {
      const inner = typeof step === 'number' ? spot?.items?.[step] : spot?.keys?.get(step);
      if (inner === undefined) break;
      spot = inner;
    }
    return spot === undefined ? undefined : lineAt(this.#text, spot.offset);
  }

  #next(mark: ',' | ':'): void {
    const open = this.#open.at(-1);
    if (open !== undefined) open.awaits = mark === ':' || !open.isObject ? 'value' : 'key';
  }

  #close(): void {
    this.#open.pop();
  }

  #isKey(token: string, offset: number): boolean {
    const open = this.#open.at(-1);
    if (open === undefined || !open.isObject || (open.awaits !== 'key' && open.awaits !== 'comma')) return false;
    if (open.awaits === 'comma') this.#missing(offset);
    const key = keyOf(token, this.#parse);
    open.spot.keys ??= new Map();
    const { keys } = open.spot;
    const first = keys.get(key);
    if (first !== undefined && this.repeated.length < REPEATED_MAX) {
      const around = this.#open.flatMap(({ step }) => step ?? []);
      const line = lineAt(this.#text, offset);
      this.repeated.push({ steps: [...around, key], line, firstLine: lineAt(this.#text, first.offset) });
    }
    const spot: Spot = { offset };
    keys.set(key, spot);
    open.member = { key, spot };
    open.awaits = 'colon';
    return true;
  }

  #value(offset: number, mark: string | undefined): void {
    const open = this.#open.at(-1);
    if (open?.awaits === 'comma') this.#missing(offset);
    const spot: Spot = open?.member?.spot ?? { offset };
    let step: Step | undefined = open?.member?.key;
    if (open === undefined) this.#root ??= spot;
    else if (!open.isObject) {
      open.spot.items ??= [];
      step = open.spot.items.push(spot) - 1;
    }
    if (open !== undefined) {
      open.awaits = 'comma';
      open.member = undefined;
    }
    if (mark !== undefined) {
      const isObject = mark === '{';
      this.#open.push({ spot, step, isObject, awaits: isObject ? 'key' : 'value', member: undefined });
    }
  }

  #missing(offset: number): void {
    this.commaMissing ??= { afterLine: lineAt(this.#text, this.#end), beforeLine: lineAt(this.#text, offset) };
  }
}

function keyOf(token: string, parse: Parse): string {
  if (/^[\w$-]+$/.test(token)) return token;
  try {
    return Object.keys(parse(`{${token}:0}`))[0] ?? token;
  } catch {
    return token;
  }
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
