// The settings of `dns` that decide which addresses are trusted: a part of schema.ts. It checks no value itself.
import type { ProbeOptions, ServerEndpoint, TrustOptions } from '../../../../protocol/trust-options.js';
import { asList } from '../../sources/text.js';
import { allowedList, checkList, PROBED_NAMES, REBIND_EXEMPT, TRUSTED } from '../values/name-list.js';
import { choice, integer, type Setting } from '../values/setting.js';
import { stateFile } from '../values/state-file.js';
import { checkPhantoms, PHANTOMS_ALLOWED } from './phantoms.js';

const WEEK_S = 604_800;

const names: Setting<readonly string[]> = {
  doc: 'Names that are known to be targets of injection. `dns.probe.phantom_servers` are asked for them, and any address that comes back was injected.',
  default: ['www.facebook.com', 'twitter.com', 'www.youtube.com', 'www.nytimes.com'],
  env: 'TCPROUTE_DNS_PROBE_NAMES',
  allowed: allowedList(PROBED_NAMES),
  check: checkList(PROBED_NAMES),
  fromText: asList,
  format: '*',
};

const tlds: Setting<readonly string[]> = {
  doc: 'Domains under which new names are made up for each probe. Every server is asked for them, and any address that comes back is bad for that server.',
  default: ['com', 'net', 'org'],
  env: 'TCPROUTE_DNS_PROBE_TLDS',
  allowed: allowedList(PROBED_NAMES),
  check: checkList(PROBED_NAMES),
  fromText: asList,
  format: '*',
};

const phantoms: Setting<readonly ServerEndpoint[]> = {
  doc: 'Addresses where no server answers. The default ones are reserved for documentation. Where those are filtered on the way, an unused address behind the suspected network shows more.',
  default: [
    { address: '192.0.2.53', port: 53 },
    { address: '198.51.100.53', port: 53 },
  ],
  env: 'TCPROUTE_DNS_PROBE_PHANTOM_SERVERS',
  allowed: PHANTOMS_ALLOWED,
  check: checkPhantoms,
  fromText: asList,
  format: '*',
};

const rebindAllow: Setting<readonly string[]> = {
  doc: 'Names and addresses for which public servers may give private, loopback, multicast or documentation addresses. Other such answers are dropped.',
  default: [],
  env: 'TCPROUTE_DNS_REBIND_ALLOW',
  allowed: allowedList(REBIND_EXEMPT),
  check: checkList(REBIND_EXEMPT),
  fromText: asList,
  format: '*',
};

const trusted: Setting<readonly string[]> = {
  doc: 'Addresses and ranges that never become bad, whatever is observed. This is how evidence is undone by hand, for good.',
  default: [],
  env: 'TCPROUTE_DNS_TRUSTED',
  allowed: allowedList(TRUSTED),
  check: checkList(TRUSTED),
  fromText: asList,
  format: '*',
};

const probe: { readonly [Key in keyof ProbeOptions]: Setting<ProbeOptions[Key]> } = {
  enabled: choice({
    doc: 'Whether servers are probed for made-up answers, and the network for injected ones. Probes are sent only where names are resolved here, and by servers that are asked without encryption.',
    default: 'on',
    env: 'TCPROUTE_DNS_PROBE_ENABLED',
    choices: ['on', 'off'],
  }),
  names,
  tlds,
  phantom_servers: phantoms,
  interval_s: integer({
    doc: 'Time from the end of a probe to the beginning of the next.',
    default: 3600,
    env: 'TCPROUTE_DNS_PROBE_INTERVAL_S',
    min: 1,
    max: WEEK_S,
  }),
  rounds: integer({
    doc: 'How many times each probe asks everything. The made-up names differ each time.',
    default: 3,
    env: 'TCPROUTE_DNS_PROBE_ROUNDS',
    min: 1,
    max: 100,
  }),
};

export const TRUST = {
  rebind_allow: rebindAllow,
  trusted,
  bad_ttl_s: integer({
    doc: 'How long an address stays bad after the last evidence against it.',
    default: 21_600,
    env: 'TCPROUTE_DNS_BAD_TTL_S',
    min: 1,
    max: WEEK_S,
  }),
  bad_max: integer({
    doc: 'The largest number of bad addresses that are kept. The one that was seen longest ago is dropped first.',
    default: 4096,
    env: 'TCPROUTE_DNS_BAD_MAX',
    min: 1,
    max: 1_000_000,
  }),
  state_file: stateFile({
    doc: 'Where bad addresses are kept over a restart. They are used until the first probe is done.',
    env: 'TCPROUTE_DNS_STATE_FILE',
  }),
  probe,
} satisfies { readonly [Key in Exclude<keyof TrustOptions, 'probe'>]: Setting<TrustOptions[Key]> } & {
  readonly probe: unknown;
};
