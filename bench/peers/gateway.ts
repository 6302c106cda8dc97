// The gateway itself, as `npm start` runs it unless a load needs another setting, once with each engine.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT, packageVersion } from '../package-root.js';
import { CONFIG_FILE, gatewayFiles } from './gateway-config.js';
import type { Peer } from './peer.js';

const variant = (engine: 'uring' | 'epoll'): Peer => ({
  name: `tcproute-${engine}`,
  bare: false,
  scales: true,
  adapts: true,
  find() {
    const path = join(PACKAGE_ROOT, 'bin/tcproute.js');
    return existsSync(path) ? { path, version: packageVersion() } : undefined;
  },
  command(path, conditions) {
    const { listen, workers, directory } = conditions;
    const files = gatewayFiles(conditions, Date.now());
    const config = CONFIG_FILE in files ? ['-c', join(directory, CONFIG_FILE)] : [];
    return {
      argv: [process.execPath, path, ...config, '--port', String(listen.echo), '--workers', String(workers)],
      // A bench sends nothing outside, and the probe would.
      environment: { TCPROUTE_ENGINE: engine, TCPROUTE_DNS_PROBE_ENABLED: 'off' },
      files,
    };
  },
});

export const gatewayUring = variant('uring');
export const gatewayEpoll = variant('epoll');
