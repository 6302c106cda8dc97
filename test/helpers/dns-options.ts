// The options that the DNS actor reads, with short deadlines, without the probe, and independent of the machine's IPv6. Not
// a whole configuration.
import type { Nameserver } from '../../src/protocol/options.js';
import type { NamesOptions } from '../../src/workers/dns/names.js';

export const SYSTEM: Nameserver = { kind: 'system', id: 'system', host: '', port: 0, path: '', via: undefined };

export function dnsOptions(
  nameservers: readonly Nameserver[],
  nameservers_backup: readonly Nameserver[] = [],
  dns: Partial<NamesOptions['dns']> = {},
): NamesOptions {
  return {
    nameservers,
    nameservers_backup,
    hosts: {},
    blacklist: [],
    lines: [],
    dns: {
      timeout_ms: 2000,
      try_timeout_ms: 150,
      udp_retry_ms: 60_000,
      hold_ms: 100,
      udp_sockets_max: 256,
      ttl_min_s: 0,
      ttl_max_s: 3600,
      negative_ttl_s: 30,
      stale_max_s: 0,
      stale_wait_ms: 50,
      prefetch_percent: 0,
      ipv6: 'on',
      ca_file: undefined,
      entries_max: 100,
      lookups_max: 100,
      rebind_allow: [],
      trusted: [],
      bad_ttl_s: 3600,
      bad_max: 1000,
      state_file: null,
      probe: { enabled: 'off', names: [], tlds: [], phantom_servers: [], interval_s: 3600, rounds: 1 },
      ...dns,
    },
  };
}
