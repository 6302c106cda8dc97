// The options of a gateway for tests: the defaults, on a port that the kernel chooses, with the changes that a test wants.
import assert from 'node:assert/strict';
import { load } from '../../src/main/config/load.js';
import type { Configuration } from '../../src/protocol/options.js';

/** The DNS probe would ask servers outside. */
const NO_PROBE = { TCPROUTE_DNS_PROBE_ENABLED: 'off' };

export function gatewayOptions(changes: Partial<Configuration> = {}): Configuration {
  const loaded = load({ file: undefined, directory: '/nonexistent', environment: NO_PROBE, flags: { port: '0' } });
  assert.equal(loaded.kind, 'loaded');
  return { ...loaded.options, workers: 2, ...changes };
}
