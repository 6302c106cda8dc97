// Whether a socket that has connected was connected to itself.
import * as sockets from '../../../../linux/sockets.js';
import { sameIp } from '../../../../protocol/address/same-ip.js';

/**
 * If no socket listens on a port of this machine, the kernel may give a connecting socket that very port: it is then connected
 * to itself (RFC 9293 section 3.5, simultaneous open).
 */
export function isToItself(fd: number): boolean {
  const [local, peer] = [sockets.localEndpoint(fd), sockets.peerEndpoint(fd)];
  if (typeof local === 'number' || typeof peer === 'number') return false;
  // A socket of another family, such as a tunnel's, has no port.
  return local.port !== 0 && local.port === peer.port && sameIp(local.ip, peer.ip);
}
