// Finds the listener that each passed socket is for: the one that has its name, else the one that has its address. Each passed
// socket must have one, and none may let in other clients than its listener is configured for.
import { errorName } from '../../linux/error-name.js';
import { type InheritedPlace, inherited, takeOver } from '../../linux/inherited-sockets.js';
import { isError } from '../../linux/result.js';
import { formatEndpoint, formatIp, parseIp } from '../../protocol/address/address.js';
import { sameIp } from '../../protocol/address/same-ip.js';
import { isOpen, type ListenOptions } from '../../protocol/listen-options.js';
import { plain } from '../../protocol/text/plain-text.js';
import { type Failed, failed } from '../process/done.js';
import type { PassedFd } from '../process/passed-fds.js';
import type { SocketFile } from './socket-file.js';

/** `address`: where it is, for people: an address and a port, or `unix:` and a path. */
export interface PassedSocket extends PassedFd {
  readonly place: InheritedPlace;
  readonly address: string;
  /** Of a Unix socket that a process of the gateway has bound. */
  readonly file?: SocketFile | undefined;
  /** Absent: true. */
  readonly isPassed?: boolean;
}

/** The passed socket of each listener; undefined for one that has to open its own. */
export type Matched = { readonly code: 'matched'; readonly sockets: readonly (PassedSocket | undefined)[] } | Failed;

export function matchPassed(asked: readonly ListenOptions[], fds: readonly PassedFd[]): Matched {
  const left = new Set<PassedSocket>();
  for (const fd of fds) {
    const looked = lookAt(fd);
    if ('code' in looked) return looked;
    left.add(looked);
  }
  const take = (socket: PassedSocket | undefined): PassedSocket | undefined => {
    if (socket !== undefined) left.delete(socket);
    return socket;
  };
  const named = asked.map(({ name, place }) => {
    const namesakes = [...left].filter((socket) => socket.name === name);
    return take(namesakes.length > 1 ? namesakes.find((socket) => isAt(socket, place)) : namesakes[0]);
  });
  const sockets = asked.map(({ place }, number) => named[number] ?? take([...left].find((one) => isAt(one, place))));
  if (left.size > 0) return failed(`${strangers([...left])}; the listeners are ${asked.map(titleOf).join(', ')}`);
  for (const [number, socket] of sockets.entries()) {
    const unfit = socket === undefined ? undefined : whyUnfit(socket, asked[number]);
    if (unfit !== undefined) return failed(unfit);
  }
  return { code: 'matched', sockets };
}

export function lookAt(passed: PassedFd): PassedSocket | Failed {
  const looked = inherited(passed.fd);
  if (looked.code === 'failed')
    return failed(`descriptor ${passed.fd} was passed, but cannot be used: ${looked.error}`);
  if (looked.code === 'other') {
    const which = `descriptor ${passed.fd} (${JSON.stringify(passed.name)})`;
    return failed(
      `${which} was passed, but is no stream socket that waits for clients; see ListenStream= and Accept=no`,
    );
  }
  const taken = takeOver(passed.fd);
  if (isError(taken)) return failed(`descriptor ${passed.fd} was passed, but cannot be used: ${errorName(taken)}`);
  return { ...passed, place: looked.place, address: addressOf(looked.place) };
}

function addressOf(place: InheritedPlace): string {
  if (place.kind === 'unix') return `unix:${plain(place.path.toString())}`;
  return formatEndpoint(formatIp(place.endpoint.ip), place.endpoint.port);
}

/** Whether a passed socket is where a listener would open one. */
function isAt({ place }: PassedSocket, asked: ListenOptions['place']): boolean {
  if (asked.kind === 'unix') return place.kind === 'unix' && place.path.equals(Buffer.from(asked.path));
  const ip = parseIp(asked.host);
  if (place.kind === 'unix' || ip === undefined) return false;
  return place.endpoint.port === asked.port && sameIp(place.endpoint.ip, ip);
}

/** A sentence if the socket must not stand for the listener. */
function whyUnfit({ name, place, address }: PassedSocket, asked: ListenOptions): string | undefined {
  const which = `the passed socket ${address} has the name of the listener ${JSON.stringify(name)}`;
  if (place.kind !== asked.place.kind) return `${which}, which is configured as ${titleOf(asked)}`;
  if (place.kind === 'unix' || isOpen(asked)) return undefined;
  const own = { kind: 'internet', host: formatIp(place.endpoint.ip), port: place.endpoint.port } as const;
  if (!isOpen({ place: own, proxy_from: [] })) return undefined;
  return `${which}, which is for this machine only; let "host" of the listener say that others may come, too`;
}

function strangers(sockets: readonly PassedSocket[]): string {
  const all = sockets.map(({ address, name, fd }) => `${address} (${JSON.stringify(name)}, descriptor ${fd})`);
  return `no listener has the name or the address of what was passed: ${all.join(', ')}`;
}

function titleOf({ name, place }: ListenOptions): string {
  const address = place.kind === 'unix' ? `unix:${place.path}` : formatEndpoint(place.host, place.port);
  return name === undefined ? address : `${address} (${JSON.stringify(name)})`;
}
