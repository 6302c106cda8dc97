// Dante (danted): C, a family of processes that hand each connection on to one another.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { findProgram, type Peer } from './peer.js';
import { versionOf } from './version.js';

const CONFIG_FILE = 'danted.conf';

/**
 * Unlike the others, Dante binds its local port before it connects, and the kernel gives it no port that any connection
 * had in the last minute, wherever that went. Among the ports of other subjects it would search long and in the end
 * answer REP 3. So each start gets its own loopback address.
 */
const ownAddress = (): string => `127.2.${randomInt(256)}.${randomInt(1, 255)}`;

export const dante: Peer = {
  name: 'dante',
  bare: false,
  scales: false,
  // For that minute no port is given twice even to Dante itself, and there are only 28 000.
  timeShare: 0.2,
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
external: ${ownAddress()}
clientmethod: none
socksmethod: none
client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }
`,
    },
  }),
};
