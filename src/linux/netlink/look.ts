// Looks at interfaces as they are now, with their addresses. It keeps nothing.
import { AF_INET, AF_INET6 } from '../addresses.js';
import { ENODEV } from '../errno.js';
import { ask, NLM_F_REQUEST, NLM_F_REQUEST_DUMP, withKernel } from './ask.js';
import {
  type AddressMessage,
  type InterfaceMessage,
  RTM_GETADDR,
  RTM_GETLINK,
  readNetworkMessage,
} from './interfaces.js';
import { requestOf } from './messages.js';

/** An interface, with those of its addresses that may be used, in the order of the kernel. */
export interface SeenInterface extends Pick<InterfaceMessage, 'index' | 'name' | 'isUp' | 'isRunning'> {
  readonly addresses: readonly AddressMessage[];
}

export interface Look {
  /** By the name that was asked for. */
  readonly interfaces: ReadonlyMap<string, SeenInterface>;
  /** The interfaces that have the addresses that were asked for, in their order; undefined where none has it. */
  readonly homes: readonly (SeenInterface | undefined)[];
}

const LINK = 16;
const ADDRESS = 8;
const ATTRIBUTE = 4;
const IFLA_IFNAME = 3;
const FAMILIES = [AF_INET, AF_INET6];
/** More addresses of one interface are not kept. */
const ADDRESSES_MAX = 1024;

/** Looks at the interfaces with these names, and for those that have these addresses (4 or 16 bytes). Or a negated errno. */
export function look(names: readonly string[], ips: readonly Uint8Array[]): Look | number {
  const interfaces = new Map<string, SeenInterface>();
  let homes: (SeenInterface | undefined)[] = [];
  const result = withKernel((fd) => {
    for (const name of names) {
      const seen = seenAt(fd, linkRequest(name));
      if (typeof seen === 'number') return seen;
      if (seen !== 'absent') interfaces.set(name, seen);
    }
    if (ips.length === 0) return 0;
    const found = homesOf(fd, ips);
    if (typeof found === 'number') return found;
    homes = found;
    return 0;
  });
  return result < 0 ? result : { interfaces, homes };
}

/** One interface; undefined where there is none of this name, or the kernel does not tell. */
export function seenInterface(name: string): SeenInterface | undefined {
  const seen = look([name], []);
  return typeof seen === 'number' ? undefined : seen.interfaces.get(name);
}

function seenAt(fd: number, request: Uint8Array): SeenInterface | 'absent' | number {
  let own: InterfaceMessage | undefined;
  const result = ask(
    fd,
    request,
    (...message) => {
      const read = readNetworkMessage(...message);
      if (read?.kind === 'interface') own = read;
    },
    () => false,
  );
  if (result === -ENODEV) return 'absent';
  if (result < 0) return result;
  if (own === undefined) return 'absent';
  const { index, name, isUp, isRunning } = own;
  const addresses = addressesOf(fd, index, (one) => one.interface === index);
  if (typeof addresses === 'number') return addresses === -ENODEV ? 'absent' : addresses;
  return { index, name, isUp, isRunning, addresses: addresses.filter(({ isReady }) => isReady) };
}

/** `index`: 0 for those of all interfaces. */
function addressesOf(
  fd: number,
  index: number,
  isWanted: (one: AddressMessage) => boolean,
): readonly AddressMessage[] | number {
  const found: AddressMessage[] = [];
  for (const family of FAMILIES) {
    const result = ask(fd, addressRequest(family, index), (type, bytes, ...rest) => {
      const read = readNetworkMessage(type, bytes, ...rest);
      // A kernel without IPv6 answers with addresses of IPv4.
      if (read?.kind !== 'address' || (read.ip.length === 4) !== (family === AF_INET)) return;
      if (isWanted(read) && found.length < ADDRESSES_MAX) found.push(read);
    });
    if (result < 0) return result;
  }
  return found;
}

function homesOf(fd: number, ips: readonly Uint8Array[]): (SeenInterface | undefined)[] | number {
  const owned = addressesOf(fd, 0, (one) => ips.some((ip) => isSame(ip, one.ip)));
  if (typeof owned === 'number') return owned;
  const homes: (SeenInterface | undefined)[] = [];
  for (const ip of ips) {
    const index = owned.find((one) => isSame(ip, one.ip))?.interface;
    const seen = index === undefined ? 'absent' : seenAt(fd, linkRequest(index));
    if (typeof seen === 'number') return seen;
    homes.push(seen === 'absent' ? undefined : seen);
  }
  return homes;
}

/** struct ifinfomsg, with the index at 4, or the name as an attribute. */
function linkRequest(which: string | number): Uint8Array {
  if (typeof which === 'number') {
    const body = new Uint8Array(LINK);
    new DataView(body.buffer).setInt32(4, which, true);
    return requestOf(RTM_GETLINK, NLM_F_REQUEST, body);
  }
  const name = new TextEncoder().encode(`${which}\0`);
  const body = new Uint8Array(LINK + ATTRIBUTE + name.length);
  const view = new DataView(body.buffer);
  view.setUint16(LINK, ATTRIBUTE + name.length, true);
  view.setUint16(LINK + 2, IFLA_IFNAME, true);
  body.set(name, LINK + ATTRIBUTE);
  return requestOf(RTM_GETLINK, NLM_F_REQUEST, body);
}

/** struct ifaddrmsg: the family, and the interface at 4. */
function addressRequest(family: number, index: number): Uint8Array {
  const body = new Uint8Array(ADDRESS);
  body[0] = family;
  new DataView(body.buffer).setUint32(4, index, true);
  return requestOf(RTM_GETADDR, NLM_F_REQUEST_DUMP, body);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
