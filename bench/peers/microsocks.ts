// microsocks: C, one thread for each connection. It has no setting for workers or for its log, a line for each connection.
import { findProgram, type Peer } from './peer.js';

export const microsocks: Peer = {
  name: 'microsocks',
  bare: false,
  scales: false,
  briefThreads: true,
  find() {
    const path = findProgram('microsocks');
    // It does not print its version.
    return path === undefined ? undefined : { path, version: 'unknown' };
  },
  command: (path, { listen }) => ({ argv: [path, '-i', '127.0.0.1', '-p', String(listen.echo)] }),
};
