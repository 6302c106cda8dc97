// Describes the syntax errors of a YAML text: all that the parser found, one for each line, with plain advice where the
// parser's words need knowledge of the grammar. It does not parse.
import type { Document, LineCounter } from 'yaml';
import { type Fault, keyIn } from './fault.js';

/** By the error code of the parser. */
const ADVICE: Readonly<Record<string, string>> = {
  BAD_INDENT: 'keys of one object begin in the same column, and what is inside an object is indented further',
  TAB_AS_INDENT: 'indent with spaces',
  BLOCK_AS_IMPLICIT_KEY: 'a value with ": " in it stands in quotes, and each key in a line of its own',
  MULTILINE_IMPLICIT_KEY: 'each line is "key: value", and an entry of a list begins with "- "',
  BAD_SCALAR_START: 'a value that begins with this character stands in quotes',
};
const QUOTE_MISSING = /^Missing closing (["'])quote$/;

export function yamlFaults(text: string, document: Document, lines: LineCounter): readonly Fault[] {
  const problems = [...document.errors, ...document.warnings];
  if (problems.length === 0) return [];
  const written = text.split('\n');
  const faults = new Map<number, Fault>();
  for (const { code, message, pos } of problems) {
    const quote = QUOTE_MISSING.exec(message)?.[1];
    const at = lines.linePos(quote === undefined ? pos[0] : openingOf(quote, text, pos[0]));
    // Further errors in the same line follow from the first one.
    if (faults.has(at.line)) continue;
    const advice = ADVICE[code];
    const why = quote === undefined ? message : `a value begins with ${quote} and does not end with it`;
    const key = keyIn(written[at.line - 1], ':');
    faults.set(at.line, { line: at.line, column: at.col, key, why: advice === undefined ? why : `${why}; ${advice}` });
  }
  return [...faults.values()].sort((a, b) => a.line - b.line);
}

/** The beginning of a quoted text without an end: the parser gives only the place where it gave up. */
function openingOf(quote: string, text: string, end: number): number {
  const lines = text.slice(0, end).split('\n');
  let offset = end;
  for (const line of lines.reverse()) {
    offset -= line.length;
    const at = line.search(new RegExp(`[:\\-,[{] *${quote}|^ *${quote}`));
    if (at >= 0) return offset + line.indexOf(quote, at);
    offset -= 1;
  }
  return end;
}
