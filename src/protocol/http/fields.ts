// Reads header fields (RFC 9112 section 5) from the lines of a head, whose line ends and controls have been checked by
// head-scan.ts. What single fields mean is read elsewhere.
import type { HttpFault } from './faults.js';

export interface Field {
  /** As it was written. */
  readonly name: string;
  /** The name in lower case. */
  readonly key: string;
  /** Without the spaces around it. */
  readonly value: string;
}

/** More fields than any client sends: each costs more to read than its bytes. */
const FIELDS_MAX = 200;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TAB = 9;
const SPACE = 32;

/** `text`: the lines without the last line end; empty for no field. */
export function readFields(text: string): readonly Field[] | HttpFault {
  if (text === '') return [];
  const fields: Field[] = [];
  for (const line of text.split('\r\n')) {
    if (fields.length === FIELDS_MAX) return 'too-many-fields';
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    if (!TOKEN.test(name)) return 'field-line';
    fields.push({ name, key: name.toLowerCase(), value: trimmed(line, colon + 1) });
  }
  return fields;
}

/** From `from` on without spaces and tabs at either end. `trim` would take more, such as a no-break space of Latin-1. */
function trimmed(text: string, from: number): string {
  let [first, end] = [from, text.length];
  while (first < end && isSpace(text.charCodeAt(first))) first += 1;
  while (end > first && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(first, end);
}

const isSpace = (code: number): boolean => code === SPACE || code === TAB;

/** The values of all fields of that name, in order. `key` is in lower case. */
export function valuesOf(fields: readonly Field[], key: string): readonly string[] {
  return fields.filter((field) => field.key === key).map(({ value }) => value);
}

/** The members of a comma-separated list that may stand in several fields (RFC 9110 section 5.6.1), empty ones too. */
export function listOf(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(',')).map((member) => trimmed(member, 0));
}

/** The same without empty members and in lower case: tokens, which are compared so. */
export function tokensOf(values: readonly string[]): readonly string[] {
  return listOf(values)
    .filter((member) => member !== '')
    .map((member) => member.toLowerCase());
}
