// How a socket leaves the machine: the interface, the mark and the local address that it gets before it connects. It
// connects nothing.
import { AF_INET, AF_INET6, lendAddress } from './addresses.js';
import { errorName } from './error-name.js';
import * as libc from './libc.js';
import * as sockets from './sockets.js';

export interface SocketSource {
  /** 4 or 16 bytes; undefined: the kernel chooses, for either family. */
  readonly sourceIp: Uint8Array | undefined;
  /** 0: the kernel chooses. */
  readonly sourcePort: number;
  /** The name of an interface in bytes, at most 15; undefined: the routes decide. */
  readonly device: Uint8Array | undefined;
  /** For the rules of routing; 0 for none. */
  readonly mark: number;
}

const DISCARD_PORT = 9;
const SOCK_DGRAM = 2;

/** For a new socket for addresses of `ipLength` bytes, before it connects: 0, or a negated errno. */
export function leaveFrom(fd: number, source: SocketSource, ipLength: number): number {
  const { sourceIp, sourcePort } = source;
  const result = leaveBy(fd, source);
  if (result < 0 || (sourceIp === undefined && sourcePort === 0)) return result;
  if (sourcePort === 0) sockets.setBindAddressNoPort(fd);
  else sockets.setReuseAddress(fd);
  return sockets.bindTo(fd, sourceIp ?? new Uint8Array(ipLength), sourcePort);
}

/** Only the interface and the mark. */
function leaveBy(fd: number, { device, mark }: Pick<SocketSource, 'device' | 'mark'>): number {
  const result = device === undefined ? 0 : sockets.setDevice(fd, device);
  return result < 0 || mark === 0 ? result : sockets.setMark(fd, mark);
}

/** Whether the kernel has a route and a source for an address: 0, or a negated errno. It sends nothing. */
export function reach(ip: Uint8Array, source: Omit<SocketSource, 'sourcePort'>): number {
  const family = ip.length === 16 ? AF_INET6 : AF_INET;
  const fd = libc.socket(family, SOCK_DGRAM | sockets.SOCK_NONBLOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  const left = leaveFrom(fd, { ...source, sourcePort: 0 }, ip.length);
  const result = left < 0 ? left : sockets.connectTo(fd, lendAddress(ip, DISCARD_PORT));
  libc.close(fd);
  return result;
}

/** Whether this process may use an interface and a mark now; `error`: by its name, such as `ENODEV` or `EPERM`. */
export function tryToLeaveBy(
  by: Pick<SocketSource, 'device' | 'mark'>,
): { readonly code: 'usable' } | { readonly code: 'unusable'; readonly error: string } {
  const four = sockets.openStream(4);
  const fd = four < 0 ? sockets.openStream(16) : four;
  const result = fd < 0 ? fd : leaveBy(fd, by);
  if (fd >= 0) libc.close(fd);
  return result < 0 ? { code: 'unusable', error: errorName(result) } : { code: 'usable' };
}
