// The options that the DNS actor reads, with short deadlines. Not a whole configuration.
import type { NameserverChoice } from '../../src/protocol/options.js';
import type { ResolutionOptions } from '../../src/workers/dns/resolution.js';

export function dnsOptions(
  nameservers: NameserverChoice,
  nameservers_backup?: NameserverChoice,
  dns: Partial<ResolutionOptions['dns']> = {},
): ResolutionOptions {
  return {
    nameservers,
    nameservers_backup,
    dns: {
      timeout_ms: 2000,
      try_timeout_ms: 150,
      ttl_min_s: 0,
      ttl_max_s: 3600,
      negative_ttl_s: 30,
      entries_max: 100,
      lookups_max: 100,
      ...dns,
    },
  };
}
