// The networks that the kernel delivers to this machine itself, from its routing table `local` (rtnetlink(7)): each address of
// an interface, its broadcast addresses, and `local` routes, by which a whole network may be the machine's own. Other tables
// hold for the packets only that a rule sends there: a transparent proxy has a local route to everywhere in one of its own.
// It keeps nothing.
import { AF_INET, AF_INET6 } from '../addresses.js';
import { EPROTO } from '../errno.js';
import { ask, NLM_F_REQUEST_DUMP, withKernel } from './ask.js';
import { readAttributes, readMessages, requestOf, type TakeMessage } from './messages.js';

export interface OwnNetwork {
  /** 4 or 16 bytes. */
  readonly ip: Uint8Array;
  /** The number of fixed bits. */
  readonly prefix: number;
}

const ROUTE = 12;
const RTM_NEWROUTE = 24;
const RTM_GETROUTE = 26;
const RTA_DST = 1;
const RT_TABLE_LOCAL = 255;
const RTN_LOCAL = 2;
const RTN_BROADCAST = 3;
/** Bytes of an address, by the number of the family. */
const OCTETS: ReadonlyMap<number, number> = new Map([
  [AF_INET, 4],
  [AF_INET6, 16],
]);

/** More networks are not kept: a machine with addresses for each of its guests has thousands. */
const NETWORKS_MAX = 100_000;

/** All of them, of both families, or a negated errno. */
export function ownNetworks(): readonly OwnNetwork[] | number {
  const networks: OwnNetwork[] = [];
  const take = takeNetworks(networks);
  const result = withKernel((fd) => {
    for (const family of OCTETS.keys()) {
      const read = ask(fd, requestFor(family), take, () => networks.length <= NETWORKS_MAX);
      if (read < 0) return read;
    }
    return networks.length > NETWORKS_MAX ? -EPROTO : 0;
  });
  return result < 0 ? result : networks;
}

/** A dump of the table `local`, of which a router has a million routes in others. */
export function requestFor(family: number): Uint8Array {
  const body = new Uint8Array(ROUTE);
  body[0] = family;
  body[4] = RT_TABLE_LOCAL;
  return requestOf(RTM_GETROUTE, NLM_F_REQUEST_DUMP, body);
}

/** Adds the networks of one received part. Returns as `readMessages`. */
export function readNetworks(bytes: Uint8Array, networks: OwnNetwork[]): number {
  return readMessages(bytes, takeNetworks(networks));
}

function takeNetworks(networks: OwnNetwork[]): TakeMessage {
  return (type, bytes, view, start, end) => {
    if (type === RTM_NEWROUTE && end - start >= ROUTE) readRoute(bytes, view, start, end, networks);
  };
}

/** struct rtmsg begins with the family and the length of the destination; its fifth byte is the table, its eighth the type. */
function readRoute(bytes: Uint8Array, view: DataView, start: number, end: number, networks: OwnNetwork[]): void {
  const type = bytes[start + 7];
  const octets = OCTETS.get(bytes[start]);
  if (octets === undefined || bytes[start + 4] !== RT_TABLE_LOCAL) return;
  if (type !== RTN_LOCAL && type !== RTN_BROADCAST) return;
  const ip = new Uint8Array(octets);
  let fits = true;
  const whole = readAttributes(view, start + ROUTE, end, (attribute, from, to) => {
    // A network of all addresses has no destination.
    if (attribute !== RTA_DST) return;
    if (to - from === octets) ip.set(bytes.subarray(from, to));
    else fits = false;
  });
  if (whole && fits) networks.push({ ip, prefix: bytes[start + 1] });
}
