// The address of a client that has just been accepted.
import { acceptedPeerBytes } from '../../linux/sockets.js';
import { UNIX_CLIENT_BYTES } from '../../linux/unix-sockets.js';
import type { ListeningSocket } from './listening-socket.js';

/** A client's address as bytes; `peer`: what the kernel told of it, in `acceptedPeer`. */
export function addressOf(
  { file }: Pick<ListeningSocket, 'file'>,
  peer: Uint32Array | undefined,
): Uint8Array | undefined {
  if (file !== undefined) return UNIX_CLIENT_BYTES;
  return peer === undefined ? undefined : acceptedPeerBytes;
}
