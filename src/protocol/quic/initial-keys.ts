// The keys of Initial packets (RFC 9001 section 5.2): they follow from the connection id that the client has chosen for the
// server, so that whoever sees the client's first datagram has them.
import { createHmac } from 'node:crypto';
import { expand, keyLabel } from './key-label.js';
import type { QuicVersion } from './versions.js';

export interface PacketKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  /** Of header protection. */
  readonly headerKey: Uint8Array;
}

const SIDES = { client: keyLabel('client in', 32), server: keyLabel('server in', 32) } as const;

/** `destination`: the destination connection id of the client's first Initial packet. `side`: who protects with these keys. */
export function initialKeys(version: QuicVersion, destination: Uint8Array, side: 'client' | 'server'): PacketKeys {
  const initial = createHmac('sha256', version.salt).update(destination).digest();
  const secret = expand(initial, SIDES[side]);
  return {
    key: expand(secret, version.key),
    iv: expand(secret, version.iv),
    headerKey: expand(secret, version.headerKey),
  };
}
