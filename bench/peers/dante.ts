// Dante (danted): C, a family of processes that hand each connection on to one another.
import { join } from 'node:path';
import { findProgram, type Peer } from './peer.js';
import { versionOf } from './version.js';

const CONFIG_FILE = 'danted.conf';

export const dante: Peer = {
  name: 'dante',
  bare: false,
  scales: false,
  find() {
    const path = findProgram('danted') ?? findProgram('sockd');
    return path === undefined ? undefined : { path, version: versionOf(path, '-v', /v(\d+\.\d+\S*?)\.?\s/) };
  },
  command: (path, { listen, directory }) => ({
    argv: [path, '-f', join(directory, CONFIG_FILE), '-p', join(directory, 'danted.pid')],
    files: {
      [CONFIG_FILE]: `
errorlog: /dev/null
internal: 127.0.0.1 port = ${listen.echo}
external: 127.0.0.1
clientmethod: none
socksmethod: none
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
`,
    },
  }),
};
