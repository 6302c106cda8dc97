// The listening socket, or the sentence that says why there is none. Its port is taken before the actors start, who must
// know it, and clients are let in afterwards. It accepts nothing.
import { readFileSync } from 'node:fs';
import { EACCES, EADDRINUSE, EADDRNOTAVAIL, errnoName } from '../linux/errno.js';
import { bindListener, closeFd, localEndpoint, startListening } from '../linux/sockets.js';
import { formatEndpoint, formatIp, parseIp } from '../protocol/address.js';
import type { Options } from '../protocol/options.js';

/** Where the kernel does not say (no /proc). */
const BACKLOG_DEFAULT = 4096;

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type Reserved =
  | { readonly code: 'reserved'; readonly fd: number; readonly address: Address }
  | { readonly code: 'failed'; readonly message: string };

/** Takes the address and port, without listening yet. */
export function reserve({ host, port, tcp_user_timeout_ms }: Options): Reserved {
  const ip = parseIp(host);
  if (ip === undefined) return { code: 'failed', message: `cannot listen on ${host}: not an IP address` };
  const fd = bindListener(ip, port, tcp_user_timeout_ms);
  if (fd < 0) return { code: 'failed', message: refusal(host, port, fd) };
  const local = localEndpoint(fd);
  if (typeof local !== 'number') {
    return { code: 'reserved', fd, address: { host: formatIp(local.ip), port: local.port } };
  }
  closeFd(fd);
  return { code: 'failed', message: `cannot tell the listening port: ${errnoName(local)}` };
}

/** Lets clients in. Why it cannot, undefined if it can. */
export function listen(fd: number, { host, port }: Address): string | undefined {
  const result = startListening(fd, backlogMax());
  return result < 0 ? refusal(host, port, result) : undefined;
}

function refusal(host: string, port: number, negatedErrno: number): string {
  return `cannot listen on ${formatEndpoint(host, port)}: ${sentence(-negatedErrno)}`;
}

/** The longest that the kernel allows. */
function backlogMax(): number {
  try {
    const value = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
    return value > 0 ? value : BACKLOG_DEFAULT;
  } catch {
    return BACKLOG_DEFAULT;
  }
}

function sentence(errno: number): string {
  switch (errno) {
    case EADDRINUSE:
      return 'the port is in use (EADDRINUSE)';
    case EADDRNOTAVAIL:
      return 'this machine does not have that address (EADDRNOTAVAIL)';
    case EACCES:
      return 'that port is not for this user (EACCES)';
    default:
      return errnoName(errno);
  }
}
