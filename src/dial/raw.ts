// Opens a connection with what Node cannot set, such as an interface or a mark: the socket is made and connected by direct
// calls, and becomes Node's once it is connected. Node waits only for sockets that it has made itself, so this one is looked
// at now and then.
import { type LookupFunction, Socket } from 'node:net';
import { lendAddress } from '../linux/addresses.js';
import { errorName } from '../linux/error-name.js';
import { isError } from '../linux/result.js';
import * as sockets from '../linux/sockets.js';
import { leaveFrom } from '../linux/source.js';
import { parseIp } from '../protocol/address/address.js';
import { familyOf, presentSource, sourceFor } from './present-source.js';
import type { Wanted } from './wanted.js';

const LOOK_MS = 5;
const POLLOUT = 4;

export async function openRaw(wanted: Wanted, signal: AbortSignal): Promise<Socket> {
  const { host, port, source, lookup, userTimeout_ms = 0, allowHalfOpen = false } = wanted;
  const present = presentSource(source);
  const ip = parseIp(host) ?? (await addressOf(host, familyOf(source, present), lookup));
  signal.throwIfAborted();
  const fd = sockets.openStream(ip.length);
  if (isError(fd)) throw failed('socket', fd);
  try {
    const left = leaveFrom(fd, sourceFor(source, present, ip.length), ip.length);
    if (isError(left)) throw failed('bind', left);
    sockets.setNoDelay(fd);
    if (userTimeout_ms > 0) sockets.setUserTimeout(fd, userTimeout_ms);
    await connected(fd, lendAddress(ip, port), signal);
  } catch (error) {
    sockets.closeFd(fd);
    throw error;
  }
  // From here on the fd is Node's. A later error must not end the process.
  return new Socket({ fd, allowHalfOpen }).on('error', () => {});
}

async function connected(fd: number, address: Uint8Array, signal: AbortSignal): Promise<void> {
  const begun = sockets.connectTo(fd, address);
  if (isError(begun) && !sockets.isConnecting(begun)) throw failed('connect', begun);
  while (sockets.pollNow(fd, POLLOUT) === 0) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    signal.throwIfAborted();
  }
  const error = sockets.pendingError(fd);
  if (isError(error)) throw failed('connect', error);
}

/** The first address of a name, of this family (0: either). */
async function addressOf(host: string, family: number, lookup: LookupFunction | undefined): Promise<Uint8Array> {
  const { lookup: usual } = await import('node:dns');
  return new Promise((resolve, reject) => {
    const hear: Parameters<LookupFunction>[2] = (error, address) => {
      const text = typeof address === 'string' ? address : address?.[0]?.address;
      const ip = text === undefined ? undefined : parseIp(text);
      if (error) reject(error);
      else if (ip === undefined) reject(new Error(`no address of ${host}`));
      else resolve(ip);
    };
    if (lookup === undefined) usual(host, { family, all: false }, hear);
    else lookup(host, { family, all: false }, hear);
  });
}

function failed(call: string, result: number): Error {
  const code = errorName(result);
  return Object.assign(new Error(`${call} ${code}`), { code });
}
