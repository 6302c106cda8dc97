// The settings of `egress`, a part of schema.ts, and their check: each entry is a network or a word, perhaps with ports. It
// denies nothing: see protocol/egress/policy.ts.
import {
  EGRESS_WORDS,
  type EgressOptions,
  formatEgressEntry,
  parseEgressEntry,
} from '../../../../protocol/egress/entry.js';
import { asList } from '../../sources/text.js';
import { allowedList, checkList } from './name-list.js';
import type { Setting } from './setting.js';

const ENTRIES = {
  max: 1000,
  entry: `an IP address, a network, or a word (${Object.keys(EGRESS_WORDS).join(', ')}), perhaps with a port or a range of ports: "10.0.0.0/8", "10.0.0.5:5432", "[fd00::/8]:22", "loopback:8000-8999"`,
  parse(text: string): string | undefined {
    const entry = parseEgressEntry(text);
    return entry && formatEgressEntry(entry);
  },
};

function entries(doc: string, env: string): Setting<readonly string[]> {
  const [allowed, check] = [allowedList(ENTRIES), checkList(ENTRIES)];
  return { doc, default: [], env, allowed, check, fromText: asList, format: '*' };
}

export const EGRESS = {
  deny: entries(
    'Addresses that clients may not reach. A gateway that is open to other machines also denies `loopback`, `link-local`, `metadata`, `multicast` and `own`. See below.',
    'TCPROUTE_EGRESS_DENY',
  ),
  allow: entries(
    'Addresses that clients may reach although `egress.deny`, or what is denied by default, has them too. Of two networks the smaller one decides.',
    'TCPROUTE_EGRESS_ALLOW',
  ),
} satisfies { readonly [Key in Exclude<keyof EgressOptions, 'guarded'>]: Setting<EgressOptions[Key]> };
