// Checks the conditions of a rule on clients: networks, users, tags and listeners, one or a list each. It does not know which
// listeners there are (see listeners.ts), nor which users: those may come later.
import { UNIX } from '../../../../protocol/rules/clients.js';
import { ENTRY_FORMS } from '../../../../protocol/rules/list.js';
import { inside, type Place } from '../../diagnostics/place.js';
import type { Check } from '../values/setting.js';

interface Form {
  /** What an entry is, in words. */
  readonly what: string;
  /** The entry in its normal form; undefined when it is wrong. */
  readonly parse: (text: string) => string | undefined;
}

/** A bound, since the entries are compared one by one for every connection. */
const ENTRIES_MAX = 1000;
/** The longest name that SOCKS can tell (RFC 1929 section 2). */
const NAME_MAX = 255;

const named = (text: string): string | undefined => (text === '' || text.length > NAME_MAX ? undefined : text);
const FORMS = {
  client: {
    what: 'an address or range of clients, such as 10.0.0.0/8 or fd00::/8, or "unix" for those of Unix sockets',
    parse: (text) => (text === UNIX ? text : ENTRY_FORMS.cidr.parse(text)),
  },
  user: {
    what: 'the name of a user, without a tag',
    parse: (text) => (text.includes('+') ? undefined : named(text)),
  },
  tag: { what: 'a tag: what a user writes behind its name and a "+"', parse: named },
  listener: { what: 'the name of a listener', parse: named },
} as const satisfies Readonly<Record<string, Form>>;

export type ClientKey = keyof typeof FORMS;
export const CLIENT_KEYS = Object.keys(FORMS) as readonly ClientKey[];

/** The different entries; undefined for a wrong one, so that the places of the others stay. */
export const CLIENT_CHECKS: Readonly<Record<ClientKey, Check<readonly (string | undefined)[]>>> = {
  client: entriesOf(FORMS.client),
  user: entriesOf(FORMS.user),
  tag: entriesOf(FORMS.tag),
  listener: entriesOf(FORMS.listener),
};

function entriesOf({ what, parse }: Form): Check<readonly (string | undefined)[]> {
  return (value, place, diagnostics) => {
    const isList = Array.isArray(value);
    const list: readonly unknown[] = isList ? value : [value];
    if (list.length === 0 || list.length > ENTRIES_MAX) {
      diagnostics.reject(place, value, `${what}, or a list of 1 to ${ENTRIES_MAX} such`);
      return undefined;
    }
    const at = (index: number): Place => (isList ? inside(place, index) : place);
    return list.map((entry, index) => {
      const parsed = typeof entry === 'string' ? parse(entry) : undefined;
      if (parsed === undefined) diagnostics.reject(at(index), entry, what);
      return parsed;
    });
  };
}
