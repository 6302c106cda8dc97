// microsocks: C, one thread a connection. It has no setting for workers and none for its log of a line a connection.
import { findProgram, type Peer } from './peer.js';

export const microsocks: Peer = {
  name: 'microsocks',
  bare: false,
  scales: false,
  briefThreads: true,
  find() {
    const path = findProgram('microsocks');
    // It does not tell its version.
    return path === undefined ? undefined : { path, version: 'unknown' };
  },
  command: (path, { listen }) => ({ argv: [path, '-i', '127.0.0.1', '-p', String(listen.echo)] }),
};
