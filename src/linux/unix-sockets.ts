// Unix sockets (unix(7)) with a path in the file system: bind, and find out whether somebody listens. Paths are given as
// bytes, without the NUL at the end. It neither changes nor removes files: see main/accept/unix-file.ts.
import { AF_UNIX } from './addresses.js';
import { EAGAIN, ECONNREFUSED } from './errno.js';
import { errorName } from './error-name.js';
import * as libc from './libc.js';
import { mapMemory } from './memory.js';
import { type KernelError, SOCK_NONBLOCK_CLOEXEC, SOCK_STREAM } from './sockets.js';

const FAMILY_SIZE = 2;
/** The length of a path: sun_path has 108 bytes, and the last one is NUL. */
const UNIX_PATH_MAX = 107;

/** The address of a client of a Unix socket, as the kernel lays it out: it has a family only. */
export const UNIX_CLIENT: Uint32Array = Uint32Array.of(AF_UNIX, 0, 0, 0, 0, 0);
export const UNIX_CLIENT_BYTES = new Uint8Array(UNIX_CLIENT.buffer);

const scratch = mapMemory(4096);

/** Writes a struct sockaddr_un, and returns its size. */
function pack(path: Uint8Array): number {
  if (path.length > UNIX_PATH_MAX) throw new RangeError(`the path of a Unix socket has ${path.length} bytes`);
  scratch.bytes.fill(0, 0, FAMILY_SIZE + UNIX_PATH_MAX + 1);
  scratch.bytes[0] = AF_UNIX;
  scratch.bytes.set(path, FAMILY_SIZE);
  return FAMILY_SIZE + path.length + 1;
}

/** A Unix socket: its fd, or a negated errno. */
export const openUnix = (): number => libc.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK_CLOEXEC, 0);

/** A socket bound to a path that does not exist yet, ready to listen: bind(2) makes the file. */
export function bindUnixListener(path: Uint8Array): { readonly code: 'bound'; readonly fd: number } | KernelError {
  const fd = openUnix();
  if (fd < 0) return { code: 'failed', error: errorName(fd) };
  const result = libc.bind(fd, scratch.address, pack(path));
  if (result === 0) return { code: 'bound', fd };
  libc.close(fd);
  return { code: 'failed', error: errorName(result) };
}

/** Connects a socket of `openUnix` to the process that listens at a path: 0, or a negated errno (-EAGAIN: its backlog is full). */
export function connectUnix(fd: number, path: Uint8Array): number {
  return libc.connect(fd, scratch.address, pack(path));
}

/** Whether somebody listens at a path, which is that of a socket. `dead`: the process that did has ended. */
export function unixListener(path: Uint8Array): { readonly code: 'live' } | { readonly code: 'dead' } | KernelError {
  const fd = openUnix();
  if (fd < 0) return { code: 'failed', error: errorName(fd) };
  const result = connectUnix(fd, path);
  libc.close(fd);
  if (result === 0 || result === -EAGAIN) return { code: 'live' };
  return result === -ECONNREFUSED ? { code: 'dead' } : { code: 'failed', error: errorName(result) };
}
