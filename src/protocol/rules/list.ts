// Parses the entries of rules, each kind into its normal form, and lists of entries as text: one entry in a line, `#` begins
// a comment. It reads no file.
import { normaliseName } from '../address/host-name.js';
import { formatIpRange, parseIpRange } from '../address/ip-range.js';
import { linesOf } from '../text/lines.js';
import type { ListKind } from './rule.js';

interface EntryForm {
  /** What an entry of this kind is, in words. */
  readonly what: string;
  /** The entry in its normal form; undefined when the text is not an entry. */
  readonly parse: (text: string) => string | undefined;
}

/** Entries of all rules and files together. Each takes some 50 bytes, and its place in a table must fit into 20 bits. */
export const ENTRIES_MAX = 1_000_000;
/** Lines of one list: entries with comments and empty lines. It bounds the work for a file of line ends alone. */
const LINES_MAX = 4 * ENTRIES_MAX;
/** Mistakes of one list that are reported; the others are only counted. */
const TOLD_MAX = 5;
const TEXT_LENGTH_MAX = 100;

/** By kind of list: what its entries are, and how they are parsed. */
export const ENTRY_FORMS: Readonly<Record<ListKind, EntryForm>> = {
  domain: { what: 'a host name', parse: normaliseName },
  domain_suffix: {
    what: 'a host name, with or without a leading dot or "*."',
    parse: (text) => normaliseName(text.replace(/^(?:\*)?\./, '')),
  },
  cidr: {
    what: 'an IP address or range, such as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32',
    parse(text) {
      const range = parseIpRange(text);
      return range === undefined ? undefined : formatIpRange(range);
    },
  },
};

const KINDS = Object.keys(ENTRY_FORMS) as ListKind[];

/** For a text that is not an entry of this kind: another kind, and the entry that the text is there; undefined for none. */
export function elsewhere(
  kind: ListKind,
  text: string,
): { readonly kind: ListKind; readonly entry: string } | undefined {
  for (const other of KINDS) {
    const entry = other === kind ? undefined : ENTRY_FORMS[other].parse(text);
    if (entry !== undefined) return { kind: other, entry };
  }
  return undefined;
}

export type ListRead =
  /** `skipped`: in words, how many lines are not entries; absent when there are none. */
  | { readonly code: 'read'; readonly entries: readonly string[]; readonly skipped?: string }
  /** `problems`: sentences, without the name of the file. */
  | { readonly code: 'failed'; readonly problems: readonly string[] };

/**
 * Lines that are not entries are skipped and counted, since lists from elsewhere have some. They are mistakes with
 * `strict`, and also when no line is an entry, since the text is then not a list of this kind.
 */
export function parseList(kind: ListKind, text: string, strict = false): ListRead {
  const { what, parse } = ENTRY_FORMS[kind];
  const entries: string[] = [];
  const problems: string[] = [];
  let wrong = 0;
  let number = 0;
  for (const line of linesOf(text.replace(/^\uFEFF/, ''))) {
    number += 1;
    if (number > LINES_MAX) return failed([`more than ${LINES_MAX} lines`]);
    const comment = line.indexOf('#');
    const written = (comment < 0 ? line : line.slice(0, comment)).trim();
    if (written === '') continue;
    const entry = parse(written);
    if (entry !== undefined) {
      if (entries.push(entry) > ENTRIES_MAX) return failed([`more than ${ENTRIES_MAX} entries`]);
      continue;
    }
    wrong += 1;
    if (wrong <= TOLD_MAX) problems.push(`line ${number}: ${quoted(written)} is not ${what}${butOther(kind, written)}`);
  }
  if (wrong > TOLD_MAX) problems.push(`${wrong - TOLD_MAX} more lines like these`);
  if (wrong > 0 && (strict || entries.length === 0)) return failed(problems);
  return { code: 'read', entries, ...(wrong === 0 ? {} : { skipped: skippedText(wrong, problems) }) };
}

function butOther(kind: ListKind, text: string): string {
  const other = elsewhere(kind, text);
  return other === undefined ? '' : `, but one for ${other.kind}_file`;
}

function skippedText(wrong: number, problems: readonly string[]): string {
  return `${wrong === 1 ? 'a line is' : `${wrong} lines are`} passed over (${problems[0]})`;
}

function failed(problems: readonly string[]): ListRead {
  return { code: 'failed', problems };
}

function quoted(text: string): string {
  const shown = text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text;
  return JSON.stringify(shown);
}
