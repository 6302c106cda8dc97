// What the kernel says of this machine's addresses, as protocol/address/own-addresses.ts asks for it. It keeps nothing.

import { tryToBind } from '../sockets.js';
import { type OwnNetwork, ownNetworks } from './own-networks.js';

export const THIS_MACHINE = {
  /** Milliseconds. */
  now: (): number => performance.now(),

  /** The networks that are the machine's own; undefined where the kernel does not tell. */
  networks(): readonly OwnNetwork[] | undefined {
    const networks = ownNetworks();
    return typeof networks === 'number' ? undefined : networks;
  },

  /** Whether a socket of this process can have this local address (4 or 16 bytes). */
  canBind: (ip: Uint8Array): boolean => tryToBind(ip) === 0,
};
