// Opens the listening sockets, in two steps: the ports are bound before the actors start, which must know them, and clients
// are let in after the actors serve. It accepts no clients.
import { readFileSync } from 'node:fs';
import { errorName } from '../../linux/error-name.js';
import {
  bindListener,
  closeFd,
  localEndpoint,
  setNoDelay,
  setShared,
  setUserTimeout,
  startListening,
} from '../../linux/sockets.js';
import { formatEndpoint, formatIp, parseIp } from '../../protocol/address/address.js';
import type { ListenerAddress } from '../../protocol/address/own-listeners.js';
import type { Listener } from '../../protocol/inbound/listener.js';
import {
  type InternetPlace,
  LISTENERS_MAX,
  type ListenOptions,
  type UnixPlace,
} from '../../protocol/listen-options.js';
import { DONE, type Done, type Failed, failed } from '../process/done.js';
import { NOTHING_PASSED, type PassedFds } from '../process/passed-fds.js';
import { type LeftListener, matchLeft } from './left.js';
import type { ListeningSocket } from './listening-socket.js';
import { matchPassed, type PassedSocket } from './passed.js';
import { bindFile, passedFile, removeFile, type SocketFile } from './socket-file.js';

/** Used where the kernel's limit cannot be read (no /proc). */
const BACKLOG_DEFAULT = 4096;

/** An IP address in text form, and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export type Reserved = { readonly code: 'reserved'; readonly listening: readonly ListeningSocket[] } | Failed;

/** Sockets that were bound before: by a service manager, or by the process whose place this one takes. */
export interface Bequests {
  readonly passed?: PassedFds | undefined;
  readonly left?: readonly LeftListener[] | undefined;
}

/**
 * Binds all listeners, or none, without letting clients in yet. One for which a socket was passed binds none. `message`: a
 * sentence for the user.
 */
export function reserve(
  asked: readonly ListenOptions[],
  tcp_user_timeout_ms: number,
  { passed = NOTHING_PASSED, left = [] }: Bequests = {},
): Reserved {
  if (passed.code === 'failed') return passed;
  if (asked.length > LISTENERS_MAX) {
    return failed(`${asked.length} listeners are too many: there can be ${LISTENERS_MAX}`);
  }
  const matched = left.length > 0 ? matchLeft(asked, left) : matchPassed(asked, passed.fds);
  if (matched.code === 'failed') return matched;
  const listening: ListeningSocket[] = [];
  for (const [number, one] of asked.entries()) {
    const bound = bind(one, matched.sockets[number], tcp_user_timeout_ms);
    if (bound.code === 'failed') {
      letGo(listening);
      return bound;
    }
    listening.push(listeningSocket(one, number, bound));
  }
  return { code: 'reserved', listening };
}

/** `address`: where it listens, for people. */
interface Bound {
  readonly code: 'bound';
  readonly fd: number;
  readonly address: string;
  readonly endpoint: ListenerAddress | undefined;
  readonly file: SocketFile | undefined;
  readonly isPassed: boolean;
}

function bind(
  { place }: ListenOptions,
  passed: PassedSocket | undefined,
  tcp_user_timeout_ms: number,
  isShared = false,
): Bound | Failed {
  if (passed !== undefined) return adopt(passed, tcp_user_timeout_ms);
  return place.kind === 'unix' ? bindUnix(place) : bindInternet(place, tcp_user_timeout_ms, isShared);
}

/**
 * Opens a listening socket while others are open, with clients in its backlog from then on. `leaving`: sockets that will be
 * closed, and are not in its way: one on 127.0.0.1 would keep another one from the same port of 0.0.0.0.
 */
export function openOne(
  asked: ListenOptions,
  number: number,
  tcp_user_timeout_ms: number,
  leaving: readonly ListeningSocket[],
): { readonly code: 'open'; readonly socket: ListeningSocket } | Failed {
  const port = asked.place.kind === 'internet' ? asked.place.port : undefined;
  const rivals = leaving.filter(
    ({ listener, isPassed }) => port !== undefined && listener.endpoint?.port === port && !isPassed,
  );
  for (const { fd } of rivals) setShared(fd, true);
  const bound = bind(asked, undefined, tcp_user_timeout_ms, rivals.length > 0);
  const done = bound.code === 'bound' ? letClientsIn(bound) : bound;
  for (const { fd } of rivals) setShared(fd, false);
  if (bound.code === 'failed') return bound;
  if (rivals.length > 0) setShared(bound.fd, false);
  const socket = listeningSocket(asked, number, bound);
  if (done.code === 'done') return { code: 'open', socket };
  letGo([socket]);
  return done;
}

/** A passed socket in place of one that is bound here. Clients may be waiting in its backlog. */
function adopt(
  { fd, place, address, file, isPassed = true }: PassedSocket,
  tcp_user_timeout_ms: number,
): Bound | Failed {
  if (place.kind === 'internet') {
    setNoDelay(fd);
    if (tcp_user_timeout_ms > 0) setUserTimeout(fd, tcp_user_timeout_ms);
    return { code: 'bound', fd, address, endpoint: place.endpoint, file: undefined, isPassed };
  }
  const listening = startListening(fd, backlogMax());
  if (listening.code === 'failed') return refusal(address, listening.error);
  return { code: 'bound', fd, address, endpoint: undefined, file: file ?? passedFile(place.path.toString()), isPassed };
}

function bindInternet({ host, port }: InternetPlace, tcp_user_timeout_ms: number, isShared: boolean): Bound | Failed {
  const ip = parseIp(host);
  if (ip === undefined) return failed(`cannot listen on ${host}: not an IP address`);
  const bound = bindListener(ip, port, tcp_user_timeout_ms, isShared);
  if (bound.code === 'failed') return refusal(formatEndpoint(host, port), sentence(bound.error));
  const { fd } = bound;
  const endpoint = localEndpoint(fd);
  if (typeof endpoint !== 'number') {
    const address = formatEndpoint(formatIp(endpoint.ip), endpoint.port);
    return { code: 'bound', fd, address, endpoint, file: undefined, isPassed: false };
  }
  closeFd(fd);
  return failed(`cannot tell the listening port: ${errorName(endpoint)}`);
}

/**
 * A Unix socket listens at once: a socket that does not would look like that of a process that has died. Its clients wait in
 * the backlog.
 */
function bindUnix(place: UnixPlace): Bound | Failed {
  const address = `unix:${place.path}`;
  const bound = bindFile(place);
  if (bound.code === 'failed') return refusal(address, bound.message);
  const { fd, file } = bound;
  const listening = startListening(fd, backlogMax());
  if (listening.code === 'done') return { code: 'bound', fd, address, endpoint: undefined, file, isPassed: false };
  closeFd(fd);
  removeFile(file);
  return refusal(address, listening.error);
}

function listeningSocket(
  asked: ListenOptions,
  number: number,
  { fd, address, endpoint, file, isPassed }: Bound,
): ListeningSocket {
  const listener = listenerOf(asked, { number, address, endpoint });
  return {
    fd,
    listener,
    place: asked.place,
    address,
    file,
    isPassed,
  };
}

type Bearings = Pick<Listener, 'number' | 'endpoint' | 'address'>;

export function listenerOf(asked: ListenOptions, { number, endpoint, address }: Bearings): Listener {
  const { name, protocols, users, allow_clients, proxy_from, quiet } = asked;
  return {
    ...{ number, name: name ?? address, address, endpoint, protocols, wantsUser: users },
    ...{ allowClients: allow_clients, proxyFrom: proxy_from, ...(quiet && { quiet }) },
  };
}

/** Accepted sockets inherit it. */
export function setUserTimeouts(listening: readonly ListeningSocket[], tcp_user_timeout_ms: number): void {
  for (const { fd, file } of listening) if (file === undefined) setUserTimeout(fd, tcp_user_timeout_ms);
}

/** Lets clients in. */
export function letClientsIn({ fd, address, file }: Pick<ListeningSocket, 'fd' | 'address' | 'file'>): Done {
  if (file !== undefined) return DONE;
  const listening = startListening(fd, backlogMax());
  return listening.code === 'failed' ? refusal(address, sentence(listening.error)) : DONE;
}

/** Closes what no acceptor has taken over. */
export function letGo(listening: readonly ListeningSocket[]): void {
  for (const { fd } of listening) closeFd(fd);
  removeFiles(listening);
}

/** Removes what would outlive the process: the files of Unix sockets. */
export function removeFiles(listening: readonly ListeningSocket[]): void {
  for (const { file } of listening) if (file !== undefined) removeFile(file);
}

/** The address of the first that is no Unix socket. With port 0 where all are. */
export function addressOf(listening: readonly ListeningSocket[]): Address {
  const endpoint = listening.find(({ listener }) => listener.endpoint !== undefined)?.listener.endpoint;
  return endpoint === undefined ? { host: '', port: 0 } : { host: formatIp(endpoint.ip), port: endpoint.port };
}

/** A listener for people: its name, with its address if that is another text. */
export function titleOf({ listener: { name }, address }: ListeningSocket): string {
  return name === address ? address : `${address} (${name})`;
}

const refusal = (address: string, why: string): Failed => failed(`cannot listen on ${address}: ${why}`);

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
