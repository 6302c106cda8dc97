// What the kernel knows of network interfaces and their addresses: messages of rtnetlink(7) as values. It reads bytes and keeps
// nothing.
import { AF_INET, AF_INET6 } from '../addresses.js';
import { readAttributes } from './messages.js';

/** A network interface. */
export interface InterfaceMessage {
  readonly kind: 'interface';
  readonly isGone: boolean;
  readonly index: number;
  readonly name: string;
  /** It is switched on (IFF_UP). */
  readonly isUp: boolean;
  /** It can pass packets: its cable is plugged in, its radio is connected (IFF_RUNNING, RFC 2863). */
  readonly isRunning: boolean;
}

/** An address of an interface. */
export interface AddressMessage {
  readonly kind: 'address';
  readonly isGone: boolean;
  readonly interface: number;
  /** 4 or 16 bytes. */
  readonly ip: Uint8Array;
  /** Whether it may be used: not one that is still being looked for on the network, or that another machine has, too. */
  readonly isReady: boolean;
  /** Its preferred lifetime is over (RFC 4862 section 5.5.4). */
  readonly isDeprecated: boolean;
  /** Of IPv6: made for privacy (RFC 8981). Of IPv4: not the first one of its network. */
  readonly isTemporary: boolean;
}

/** A new route out of one interface. */
export interface RouteMessage {
  readonly kind: 'route';
  readonly interface: number;
  /** The number of fixed bits of its destination. */
  readonly prefix: number;
}

export type NetworkMessage = InterfaceMessage | AddressMessage | RouteMessage;

const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
const RTM_NEWADDR = 20;
const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;
export const RTM_NEWROUTE = 24;
export const RTM_DELROUTE = 25;

const LINK = 16;
const IFLA_IFNAME = 3;
const IFF_UP = 0x1;
const IFF_RUNNING = 0x40;

const ADDRESS = 8;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_FLAGS = 8;
const IFA_F_TEMPORARY = 0x01;
const IFA_F_OPTIMISTIC = 0x04;
const IFA_F_DADFAILED = 0x08;
const IFA_F_DEPRECATED = 0x20;
const IFA_F_TENTATIVE = 0x40;

const ROUTE = 12;
const RTA_OIF = 4;
const RTN_UNICAST = 1;

/** The value of one message; undefined for what is of no use here, or cut off. */
export function readNetworkMessage(
  type: number,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): NetworkMessage | undefined {
  switch (type) {
    case RTM_NEWLINK:
    case RTM_DELLINK:
      return readInterface(type === RTM_DELLINK, bytes, view, start, end);
    case RTM_NEWADDR:
    case RTM_DELADDR:
      return readAddress(type === RTM_DELADDR, bytes, view, start, end);
    case RTM_NEWROUTE:
      return readRoute(bytes, view, start, end);
    default:
      return undefined;
  }
}

/** struct ifinfomsg: family, padding, type, index (at 4), flags (at 8), change. */
function readInterface(
  isGone: boolean,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): InterfaceMessage | undefined {
  if (end - start < LINK) return undefined;
  let name = '';
  const whole = readAttributes(view, start + LINK, end, (type, from, to) => {
    if (type === IFLA_IFNAME) name = textOf(bytes.subarray(from, to));
  });
  const flags = view.getUint32(start + 8, true);
  const [isUp, isRunning] = [(flags & IFF_UP) !== 0, (flags & IFF_RUNNING) !== 0];
  const index = view.getInt32(start + 4, true);
  return whole ? { kind: 'interface', isGone, index, name, isUp, isRunning } : undefined;
}

/** struct ifaddrmsg: family, length of the prefix, flags (at 2), scope, interface (at 4). */
function readAddress(
  isGone: boolean,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): AddressMessage | undefined {
  const octets = end - start < ADDRESS ? undefined : octetsOf(bytes[start]);
  if (octets === undefined) return undefined;
  let flags = bytes[start + 2];
  let [address, local]: (Uint8Array | undefined)[] = [];
  const whole = readAttributes(view, start + ADDRESS, end, (type, from, to) => {
    if (type === IFA_FLAGS && to - from === 4) flags = view.getUint32(from, true);
    if (to - from !== octets) return;
    if (type === IFA_ADDRESS) address = bytes.slice(from, to);
    if (type === IFA_LOCAL) local = bytes.slice(from, to);
  });
  // Between two points, the other attribute has the peer's.
  const ip = local ?? address;
  if (!whole || ip === undefined) return undefined;
  const isTentative = (flags & IFA_F_TENTATIVE) !== 0 && (flags & IFA_F_OPTIMISTIC) === 0;
  return {
    kind: 'address',
    isGone,
    interface: view.getUint32(start + 4, true),
    ip,
    isReady: !isTentative && (flags & IFA_F_DADFAILED) === 0,
    isDeprecated: (flags & IFA_F_DEPRECATED) !== 0,
    isTemporary: (flags & IFA_F_TEMPORARY) !== 0,
  };
}

/** struct rtmsg: the length of the destination is at 1, the type at 7. A route over several interfaces names none here. */
function readRoute(bytes: Uint8Array, view: DataView, start: number, end: number): RouteMessage | undefined {
  if (end - start < ROUTE || bytes[start + 7] !== RTN_UNICAST) return undefined;
  let index: number | undefined;
  const whole = readAttributes(view, start + ROUTE, end, (type, from, to) => {
    if (type === RTA_OIF && to - from === 4) index = view.getInt32(from, true);
  });
  return whole && index !== undefined ? { kind: 'route', interface: index, prefix: bytes[start + 1] } : undefined;
}

function octetsOf(family: number | undefined): number | undefined {
  if (family === AF_INET) return 4;
  return family === AF_INET6 ? 16 : undefined;
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
