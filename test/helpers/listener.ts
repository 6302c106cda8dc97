// A listener for tests, at 127.0.0.1 with the defaults, with the changes that a test wants.
import type { Listener } from '../../src/protocol/inbound/listener.js';
import { LOOPBACK_NETWORKS } from '../../src/protocol/listen-options.js';

export function listenerOf(changes: Partial<Listener> = {}): Listener {
  return {
    number: 0,
    name: 'listener',
    address: '127.0.0.1:0',
    endpoint: { ip: new Uint8Array([127, 0, 0, 1]), port: 0 },
    protocols: ['socks5'],
    wantsUser: false,
    allowClients: LOOPBACK_NETWORKS,
    proxyFrom: [],
    ...changes,
  };
}
