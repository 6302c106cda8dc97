// The gateway itself, once with each engine, set up as `npm start` does unless a load needs another setting; and the gateway
// of another checkout, to compare two versions in one run.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PACKAGE_ROOT, versionIn } from '../shared/package-root.js';
import { CONFIG_FILE, gatewayFiles } from './gateway-config.js';
import type { Peer } from './peer.js';

type EngineName = 'uring' | 'epoll';

const variant = (name: string, root: string, engine: EngineName): Peer => ({
  name,
  bare: false,
  scales: true,
  adapts: true,
  find() {
    const path = join(root, 'bin/tcproute.js');
    return existsSync(path) ? { path, version: versionIn(root) } : undefined;
  },
  command(path, conditions) {
    const { listen, workers, directory } = conditions;
    const files = gatewayFiles(conditions, Date.now());
    const config = CONFIG_FILE in files ? ['-c', join(directory, CONFIG_FILE)] : [];
    return {
      argv: [process.execPath, path, ...config, '--port', String(listen.echo), '--workers', String(workers)],
      // The bench sends nothing outside, and the DNS probe would.
      environment: { TCPROUTE_ENGINE: engine, TCPROUTE_DNS_PROBE_ENABLED: 'off' },
      files,
    };
  },
});

export const gatewayUring = variant('tcproute-uring', PACKAGE_ROOT, 'uring');
export const gatewayEpoll = variant('tcproute-epoll', PACKAGE_ROOT, 'epoll');

/** The gateway in the checkout at `directory`. Throws an Error with a sentence for the user when none is built there. */
export function gatewayBefore(directory: string): readonly Peer[] {
  const root = resolve(directory);
  for (const file of ['bin/tcproute.js', 'dist/src/main/cli.js']) {
    if (!existsSync(join(root, file))) throw new Error(`--before ${directory}: there is no ${file}; is it built?`);
  }
  return [
    { ...variant('before-uring', root, 'uring'), pair: gatewayUring.name },
    { ...variant('before-epoll', root, 'epoll'), pair: gatewayEpoll.name },
  ];
}
