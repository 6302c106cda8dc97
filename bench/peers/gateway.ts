// The gateway itself, as `npm start` runs it, once with each engine.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT, packageVersion } from '../package-root.js';
import type { Peer } from './peer.js';

const variant = (engine: 'uring' | 'epoll'): Peer => ({
  name: `tcproute-${engine}`,
  bare: false,
  scales: true,
  find() {
    const path = join(PACKAGE_ROOT, 'bin/tcproute.js');
    return existsSync(path) ? { path, version: packageVersion() } : undefined;
  },
  command: (path, { listen, workers }) => ({
    argv: [process.execPath, path, '--port', String(listen.echo), '--workers', String(workers)],
    // A bench sends nothing outside, and the probe would.
    environment: { TCPROUTE_ENGINE: engine, TCPROUTE_DNS_PROBE_ENABLED: 'off' },
  }),
});

export const gatewayUring = variant('uring');
export const gatewayEpoll = variant('epoll');
