// Checks the conditions of a rule on clients: networks, users, tags and listeners, one or a list each. It does not know which
// listeners (see listeners.ts) and users (see users.ts) there are.
import { UNIX } from '../../../../protocol/rules/clients.js';
import { ENTRY_FORMS } from '../../../../protocol/rules/list.js';
import { isTag, isUserName } from '../../../../protocol/users/credentials.js';
import { inside, type Place } from '../../diagnostics/place.js';
import { warnOfHostBits } from '../values/host-bits.js';
import type { Check } from '../values/setting.js';

interface Form {
  /** What an entry is, in words. */
  readonly what: string;
  /** The entry in its normal form; undefined when it is wrong. */
  readonly parse: (text: string) => string | undefined;
}

/** A bound, since the entries are compared one by one for every connection. */
const ENTRIES_MAX = 1000;
/** What fits is its own normal form. */
const where =
  (fits: (text: string) => boolean) =>
  (text: string): string | undefined =>
    fits(text) ? text : undefined;
const FORMS = {
  client: {
    what: 'an address or range of clients, such as 10.0.0.0/8 or fd00::/8, or "unix" for those of Unix sockets',
    parse: (text) => (text === UNIX ? text : ENTRY_FORMS.cidr.parse(text)),
  },
  user: {
    what: 'the name of a user, without a tag',
    parse: where(isUserName),
  },
  tag: { what: 'a tag: what a user writes behind its name and a "+"', parse: where(isTag) },
  listener: { what: 'the name of a listener', parse: where((text) => text !== '') },
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

function entriesOf(form: Form): Check<readonly (string | undefined)[]> {
  const { what, parse } = form;
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
      else if (form === FORMS.client) warnOfHostBits(entry as string, at(index), diagnostics);
      return parsed;
    });
  };
}
