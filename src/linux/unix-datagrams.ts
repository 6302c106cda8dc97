// Sends one datagram to a Unix socket (unix(7)), which Node's dgram cannot: for messages to a service manager. A socket is made
// for each, so that none outlives its receiver. It never waits.
import { AF_UNIX } from './addresses.js';
import { EAGAIN } from './errno.js';
import { errorName } from './error-name.js';
import * as libc from './libc.js';
import { mapMemory } from './memory.js';
import { type KernelError, SOCK_NONBLOCK_CLOEXEC, sendBytes } from './sockets.js';

const SOCK_DGRAM = 2;
const FAMILY_SIZE = 2;
/** struct sockaddr_un has 108 bytes for a path with a NUL behind it, or for a NUL with an abstract name behind it. */
export const DATAGRAM_ADDRESS_MAX = 107;
const ABSTRACT = '@'.charCodeAt(0);

/** `full`: the receiver has too many unread messages. */
export type Sent = { readonly code: 'sent' } | { readonly code: 'full' } | KernelError;

const scratch = mapMemory(4096);

/**
 * Sends `message`, of at most 64 KiB, to the socket at a path, or, where `to` begins with `@`, to an abstract one. `to` has at
 * most DATAGRAM_ADDRESS_MAX bytes.
 */
export function sendDatagram(to: Uint8Array, message: Uint8Array): Sent {
  const fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK_CLOEXEC, 0);
  if (fd < 0) return { code: 'failed', error: errorName(fd) };
  const connected = libc.connect(fd, scratch.address, pack(to));
  const result = connected < 0 ? connected : sendBytes(fd, message);
  libc.close(fd);
  if (result >= 0) return { code: 'sent' };
  return result === -EAGAIN ? { code: 'full' } : { code: 'failed', error: errorName(result) };
}

/** Writes a struct sockaddr_un, and returns its size: with an abstract name there is no NUL at the end. */
function pack(to: Uint8Array): number {
  if (to.length > DATAGRAM_ADDRESS_MAX) throw new RangeError(`the address of a Unix socket has ${to.length} bytes`);
  scratch.bytes.fill(0, 0, FAMILY_SIZE + DATAGRAM_ADDRESS_MAX + 1);
  scratch.bytes[0] = AF_UNIX;
  scratch.bytes.set(to, FAMILY_SIZE);
  if (to[0] !== ABSTRACT) return FAMILY_SIZE + to.length + 1;
  scratch.bytes[FAMILY_SIZE] = 0;
  return FAMILY_SIZE + to.length;
}
