// The socket of a way: it leaves as its line does, from an address and port that are its own.
import { isError } from '../../../../linux/result.js';
import { closeFd } from '../../../../linux/sockets.js';
import { leaveFrom, type SocketSource } from '../../../../linux/source.js';
import { openUdp } from '../../../../linux/udp/sockets.js';
import { type Failure, failureOf } from '../../../../protocol/race/failure.js';
import { failureOfBind, failureOfResult } from '../../race/attempt/causes.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';
import type { Links } from '../../shared/dialling/links.js';

export const NO_ROOM = failureOf('out-of-resources', 'no descriptors are left to its client for ways of datagrams');
const NO_SOURCE = failureOf('source-unavailable', 'its interface has no address of this family');

/** From where a socket of the line leaves to addresses of `ipLength` (4 or 16) bytes, by what the links of lines are now. */
export function sourceOf(links: Pick<Links, 'sourceFor'>, line: DialLine, ipLength: number): SocketSource | Failure {
  return (line.isAuto ? links.sourceFor(line, ipLength) : line) ?? NO_SOURCE;
}

/** Opens a socket for addresses of `ipLength` bytes, bound to that source: its fd. */
export function openFrom(line: DialLine, source: SocketSource, ipLength: number): number | Failure {
  const fd = openUdp(ipLength);
  if (isError(fd)) return failureOfResult(fd);
  // Whatever port the line has for connections: two sockets of datagrams that share one take each other's.
  const bound = leaveFrom(fd, { ...source, sourcePort: 0 }, ipLength);
  if (!isError(bound)) return fd;
  closeFd(fd);
  return failureOfBind(bound, line);
}
