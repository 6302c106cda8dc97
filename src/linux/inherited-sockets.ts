// Sockets that the process has inherited from the one that started it: what they are, and taking them over. It closes none.
import { AF_INET, AF_INET6, AF_UNIX, type Endpoint, unpackAddress } from './addresses.js';
import { errorName } from './error-name.js';
import * as libc from './libc.js';
import { mapMemory } from './memory.js';
import { type KernelError, SOCK_STREAM } from './sockets.js';

const SOL_SOCKET = 1;
const SO_TYPE = 3;
const SO_DOMAIN = 39;
const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const FD_CLOEXEC = 1;
const O_NONBLOCK = 0x800;
const FAMILY_SIZE = 2;

const scratch = mapMemory(4096);
/** struct sockaddr_un has 110 bytes. */
const ADDRESS_BYTES = 128;
const LENGTH_WORD = 64;
const LENGTH = scratch.address + LENGTH_WORD * 4;
const VALUE_WORD = 66;
const VALUE = scratch.address + VALUE_WORD * 4;

/** Where a bound stream socket is. `path`: of a Unix socket; an abstract one begins with `@`. */
export type InheritedPlace =
  | { readonly kind: 'internet'; readonly endpoint: Endpoint }
  | { readonly kind: 'unix'; readonly path: Buffer };

/** `other`: it is no stream socket of these families, or connected to a peer. */
export type Inherited =
  | { readonly code: 'stream'; readonly place: InheritedPlace }
  | { readonly code: 'other' }
  | KernelError;

/** What an fd is. ENOTSOCK is `other`. */
export function inherited(fd: number): Inherited {
  const [type, family] = [option(fd, SO_TYPE), option(fd, SO_DOMAIN)];
  if (type !== SOCK_STREAM || isConnected(fd)) return { code: 'other' };
  scratch.ints[LENGTH_WORD] = ADDRESS_BYTES;
  const named = libc.getsockname(fd, scratch.address, LENGTH);
  if (named < 0) return { code: 'failed', error: errorName(named) };
  if (family === AF_INET || family === AF_INET6) {
    return { code: 'stream', place: { kind: 'internet', endpoint: unpackAddress(scratch.bytes) } };
  }
  if (family !== AF_UNIX) return { code: 'other' };
  return { code: 'stream', place: { kind: 'unix', path: unixPath(scratch.ints[LENGTH_WORD]) } };
}

/** Makes it as the sockets that the process opens itself: 0, or a negated errno. */
export function takeOver(fd: number): number {
  const closes = libc.fcntl(fd, F_SETFD, FD_CLOEXEC);
  if (closes < 0) return closes;
  const flags = libc.fcntl(fd, F_GETFL, 0);
  return flags < 0 ? flags : libc.fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

function option(fd: number, name: number): number {
  scratch.ints[LENGTH_WORD] = 4;
  const result = libc.getsockopt(fd, SOL_SOCKET, name, VALUE, LENGTH);
  return result < 0 ? result : scratch.ints[VALUE_WORD];
}

function isConnected(fd: number): boolean {
  scratch.ints[LENGTH_WORD] = ADDRESS_BYTES;
  return libc.getpeername(fd, scratch.address, LENGTH) === 0;
}

function unixPath(size: number): Buffer {
  const name = Buffer.from(scratch.bytes.subarray(FAMILY_SIZE, Math.max(size, FAMILY_SIZE)));
  if (name[0] === 0 && name.length > 1) {
    name[0] = '@'.charCodeAt(0);
    return name;
  }
  const end = name.indexOf(0);
  return end < 0 ? name : name.subarray(0, end);
}
