// HAProxy as a bare TCP forward: no handshake and no choice of a destination, so it is the floor that a proxy is compared
// with. One variant copies, the other uses `splice-auto` for the bulk loads.
import { join } from 'node:path';
import { type Conditions, findProgram, type Peer } from './peer.js';
import { versionOf } from './version.js';

const CONFIG_FILE = 'haproxy.cfg';
/** The size of the gateway's pipes (src/linux/pipes.ts), so that splicing is compared at equal sizes. */
const PIPE_SIZE = 1 << 20;

/** Without `maxconn` HAProxy takes what the limit of open files allows, with the pipes for splicing counted in. */
function config({ listen, target, workers }: Conditions, splice: boolean): string {
  const forwards = (['echo', 'source', 'sink'] as const).map((kind) => {
    const servers = target[kind].map((port) => `  server target-${port} 127.0.0.1:${port}`);
    return [`listen ${kind}`, `  bind 127.0.0.1:${listen[kind]}`, '  balance roundrobin', ...servers].join('\n');
  });
  return `
global
  nbthread ${workers}
${splice ? `  tune.pipesize ${PIPE_SIZE}\n` : ''}
defaults
  mode tcp
  timeout connect 10s
  timeout client 5m
  timeout server 5m
${splice ? '  option splice-auto\n' : ''}
${forwards.join('\n\n')}
`;
}

const variant = (name: string, splice: boolean): Peer => ({
  name,
  bare: true,
  scales: true,
  ...(splice ? { onlyLoads: ['bulk-4', 'bulk-64'] } : {}),
  find() {
    const path = findProgram('haproxy');
    return path === undefined ? undefined : { path, version: versionOf(path, '-v', /version (\S+)/) };
  },
  command: (path, conditions) => ({
    argv: [path, '-db', '-f', join(conditions.directory, CONFIG_FILE)],
    files: { [CONFIG_FILE]: config(conditions, splice) },
  }),
});

export const haproxy = variant('haproxy', false);
export const haproxySplice = variant('haproxy-splice', true);
