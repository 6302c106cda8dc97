// The entries that rules are made of, each kind in its one spelling, and files of them: one entry a line, `#` begins a
// comment. It reads no file.
import { normaliseName } from '../address/host-name.js';
import { formatIpRange, parseIpRange } from '../address/ip-range.js';
import { linesOf } from '../text/lines.js';
import type { ListKind } from './rule.js';

interface EntryForm {
  /** In words. */
  readonly what: string;
  /** The entry in its normal form, undefined for what is none. */
  readonly parse: (text: string) => string | undefined;
}

/** Entries of all rules and their files together: each takes some 50 bytes, and its place in a table a number of 20 bits. */
export const ENTRIES_MAX = 1_000_000;
/** Each entry may have comments and empty lines beside it; so that a file of line ends alone ends soon. */
const LINES_MAX = 4 * ENTRIES_MAX;
/** Mistakes of one file that are told; of the others only how many there are. */
const TOLD_MAX = 5;
const TEXT_LENGTH_MAX = 100;

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

export type ListRead =
  /** `skipped`: in words, how many lines are no entries. */
  | { readonly code: 'read'; readonly entries: readonly string[]; readonly skipped?: string }
  /** Sentences without the name of the file. */
  | { readonly code: 'failed'; readonly problems: readonly string[] };

/**
 * A line that is no entry is passed over and counted: lists from elsewhere have some. With `strict` it is a mistake; so it
 * is where not one line is an entry, since such a file is no list.
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
    if (wrong <= TOLD_MAX) problems.push(`line ${number}: ${quoted(written)} is not ${what}`);
  }
  if (wrong > TOLD_MAX) problems.push(`${wrong - TOLD_MAX} more lines like these`);
  if (wrong > 0 && (strict || entries.length === 0)) return failed(problems);
  return { code: 'read', entries, ...(wrong === 0 ? {} : { skipped: skippedText(wrong, problems) }) };
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
