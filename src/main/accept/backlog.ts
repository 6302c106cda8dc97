// How many clients have connected and wait to be accepted. The kernel tells the number for TCP, and of a Unix socket only whether
// there are any.
import { pollNow } from '../../linux/sockets.js';
import { tcpInfo } from '../../linux/tcp-info.js';
import type { ListeningSocket } from './listening-socket.js';

const POLLIN = 1;

export function waitingAt(listening: readonly Pick<ListeningSocket, 'fd' | 'file'>[]): number {
  let waiting = 0;
  for (const { fd, file } of listening) {
    // Of a listening socket the kernel tells its backlog in place of segments.
    if (file === undefined) waiting += tcpInfo(fd)?.unacked ?? 0;
    else if (pollNow(fd, POLLIN) > 0) waiting += 1;
  }
  return waiting;
}
