// V2Ray: Go, with a socks inbound and a freedom outbound, without logs. Version 5 changed its command line.
import { join } from 'node:path';
import { findProgram, type Peer } from './peer.js';
import { versionOf } from './version.js';

const CONFIG_FILE = 'v2ray.json';

const version = (path: string): string => versionOf(path, 'version', /V2Ray (\S+)/);

export const v2ray: Peer = {
  name: 'v2ray',
  bare: false,
  scales: false,
  find() {
    const path = findProgram('v2ray');
    return path === undefined ? undefined : { path, version: version(path) };
  },
  command: (path, { listen, directory }) => ({
    argv: [path, ...(version(path).startsWith('4.') ? ['-config'] : ['run', '-c']), join(directory, CONFIG_FILE)],
    files: {
      [CONFIG_FILE]: JSON.stringify({
        log: { loglevel: 'none', access: '/dev/null', error: '/dev/null' },
        inbounds: [
          { listen: '127.0.0.1', port: listen.echo, protocol: 'socks', settings: { auth: 'noauth', udp: false } },
        ],
        outbounds: [{ protocol: 'freedom', settings: {} }],
      }),
    },
  }),
};
