// Opens the listening sockets, in two steps: the ports are bound before the actors start, which must know them, and clients
// are let in after the actors serve. It accepts no clients.
import { readFileSync } from 'node:fs';
import { errorName } from '../../linux/error-name.js';
import { bindListener, closeFd, localEndpoint, startListening } from '../../linux/sockets.js';
import { formatEndpoint, formatIp, parseIp } from '../../protocol/address/address.js';
import type { InboundName } from '../../protocol/inbound/protocols.js';
import type { Options } from '../../protocol/options.js';
import { LISTENERS_MAX } from '../../threads/shared/hand-off.js';
import { DONE, type Done, failed } from '../process/done.js';
import type { ListeningSocket } from './listening-socket.js';

/** Used where the kernel's limit cannot be read (no /proc). */
const BACKLOG_DEFAULT = 4096;

/** A listener as configured; port 0 leaves the choice of the port to the kernel. */
export interface AskedListener extends Address {
  readonly protocols: readonly InboundName[];
  readonly wantsUser: boolean;
}

/** An IP address in text form, and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export type Reserved =
  | { readonly code: 'reserved'; readonly listening: readonly ListeningSocket[] }
  | { readonly code: 'failed'; readonly message: string };

/** The listeners that the options ask for. */
export const askedListeners = ({ host, port }: Options): readonly AskedListener[] => [
  { host, port, protocols: ['socks5'], wantsUser: false },
];

/** Binds all addresses and ports, or none, without listening yet. `message`: a sentence for the user. */
export function reserve(asked: readonly AskedListener[], tcp_user_timeout_ms: number): Reserved {
  if (asked.length > LISTENERS_MAX) {
    return { code: 'failed', message: `${asked.length} listeners are too many: there can be ${LISTENERS_MAX}` };
  }
  const listening: ListeningSocket[] = [];
  for (const [number, one] of asked.entries()) {
    const socket = reserveOne(one, number, tcp_user_timeout_ms);
    if (typeof socket !== 'string') {
      listening.push(socket);
      continue;
    }
    for (const { fd } of listening) closeFd(fd);
    return { code: 'failed', message: socket };
  }
  return { code: 'reserved', listening };
}

/** The bound socket, or a sentence that says why there is none. */
function reserveOne({ host, port, ...spoken }: AskedListener, number: number, tcp_user_timeout_ms: number) {
  const ip = parseIp(host);
  if (ip === undefined) return `cannot listen on ${host}: not an IP address`;
  const bound = bindListener(ip, port, tcp_user_timeout_ms);
  if (bound.code === 'failed') return refusal(formatEndpoint(host, port), bound.error);
  const { fd } = bound;
  const local = localEndpoint(fd);
  if (typeof local !== 'number') {
    const name = formatEndpoint(formatIp(local.ip), local.port);
    return { fd, listener: { number, name, ...local, ...spoken }, accepted: 0 };
  }
  closeFd(fd);
  return `cannot tell the listening port: ${errorName(local)}`;
}

/** Starts to listen. */
export function letClientsIn({ fd, listener }: ListeningSocket): Done {
  const listening = startListening(fd, backlogMax());
  return listening.code === 'failed' ? failed(refusal(listener.name, listening.error)) : DONE;
}

export const addressOf = ({ listener: { ip, port } }: ListeningSocket): Address => ({ host: formatIp(ip), port });

function refusal(name: string, error: string): string {
  return `cannot listen on ${name}: ${sentence(error)}`;
}

/** The longest backlog that the kernel allows. */
function backlogMax(): number {
  try {
    const value = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
    return value > 0 ? value : BACKLOG_DEFAULT;
  } catch {
    return BACKLOG_DEFAULT;
  }
}

function sentence(error: string): string {
  switch (error) {
    case 'EADDRINUSE':
      return 'the port is in use (EADDRINUSE)';
    case 'EADDRNOTAVAIL':
      return 'this machine does not have that address (EADDRNOTAVAIL)';
    case 'EACCES':
      return 'that port is not for this user (EACCES)';
    default:
      return error;
  }
}
