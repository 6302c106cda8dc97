// The networks that the kernel delivers to this machine itself, from its routing table `local` (rtnetlink(7)): each address of
// an interface, its broadcast addresses, and `local` routes, by which a whole network may be the machine's own. Other tables
// hold for the packets only that a rule sends there: a transparent proxy has a local route to everywhere in one of its own.
// It keeps nothing.
import { AF_INET, AF_INET6 } from './addresses.js';
import { EAGAIN, EPROTO } from './errno.js';
import * as libc from './libc.js';
import { type Memory, mapMemory } from './memory.js';
import { SOCK_NONBLOCK_CLOEXEC } from './sockets.js';

export interface OwnNetwork {
  /** 4 or 16 bytes. */
  readonly ip: Uint8Array;
  /** The number of fixed bits. */
  readonly prefix: number;
}

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_ROUTE = 0;
const SOL_NETLINK = 270;
const NETLINK_GET_STRICT_CHK = 12;

const HEADER = 16;
const ROUTE = 12;
const ATTRIBUTE = 4;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const RTM_NEWROUTE = 24;
const RTM_GETROUTE = 26;
const NLM_F_REQUEST_DUMP = 0x301;
const RTA_DST = 1;
const RT_TABLE_LOCAL = 255;
const RTN_LOCAL = 2;
const RTN_BROADCAST = 3;
/** Bytes of an address, by the number of the family. */
const OCTETS: ReadonlyMap<number, number> = new Map([
  [AF_INET, 4],
  [AF_INET6, 16],
]);

/** The kernel fills at most 32 KiB at a time. */
const RECEIVED_MAX = 32_768;
const REQUEST = HEADER + ROUTE;
/** More networks are not kept: a machine with addresses for each of its guests has thousands. */
export const NETWORKS_MAX = 100_000;

/** Made at the first need: many threads never read. */
let memory: Memory | undefined;

/** All of them, of both families, or a negated errno. The kernel answers from memory: this waits for nobody. */
export function ownNetworks(): readonly OwnNetwork[] | number {
  const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0) return fd;
  memory ??= mapMemory(RECEIVED_MAX);
  const networks: OwnNetwork[] = [];
  try {
    // Then the kernel passes over the other tables, of which a router has a million routes. Before Linux 4.20 it does not.
    memory.ints[0] = 1;
    libc.setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, memory.address, 4);
    for (const family of OCTETS.keys()) {
      const result = readFamily(fd, memory, family, networks);
      if (result < 0) return result;
    }
    return networks;
  } finally {
    libc.close(fd);
  }
}

/** 0, or a negated errno. */
function readFamily(fd: number, memory: Memory, family: number, networks: OwnNetwork[]): number {
  memory.bytes.set(requestFor(family));
  const sent = libc.send(fd, memory.address, REQUEST, 0);
  if (sent < 0) return sent;
  for (;;) {
    const size = libc.recv(fd, memory.address, RECEIVED_MAX, 0);
    // The kernel has the next part ready before the last one is read.
    if (size <= 0) return size === 0 ? -EAGAIN : size;
    const end = readNetworks(memory.bytes.subarray(0, size), networks);
    if (end !== MORE) return end;
    if (networks.length > NETWORKS_MAX) return -EPROTO;
  }
}

/** A dump of the table `local`. */
export function requestFor(family: number): Uint8Array {
  const words = new Uint32Array(REQUEST / 4);
  words[0] = REQUEST;
  words[1] = RTM_GETROUTE | (NLM_F_REQUEST_DUMP << 16);
  const bytes = new Uint8Array(words.buffer);
  bytes[HEADER] = family;
  bytes[HEADER + 4] = RT_TABLE_LOCAL;
  return bytes;
}

export const MORE = 1;

/**
 * Adds the networks of one received part, whose numbers are in the order of this machine. Returns MORE, 0 at the end of the
 * dump, or a negated errno.
 */
export function readNetworks(bytes: Uint8Array, networks: OwnNetwork[]): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const size = view.getUint32(at, true);
    const type = view.getUint16(at + 4, true);
    if (size < HEADER || at + size > bytes.length) return -EPROTO;
    if (type === NLMSG_DONE) return 0;
    if (type === NLMSG_ERROR) return size < HEADER + 4 ? -EPROTO : view.getInt32(at + HEADER, true) || -EPROTO;
    if (type === RTM_NEWROUTE && size >= HEADER + ROUTE) readRoute(bytes, view, at + HEADER, at + size, networks);
    at += aligned(size);
  }
  return MORE;
}

/** struct rtmsg begins with the family and the length of the destination; its fifth byte is the table, its eighth the type. */
function readRoute(bytes: Uint8Array, view: DataView, start: number, end: number, networks: OwnNetwork[]): void {
  const type = bytes[start + 7];
  const octets = OCTETS.get(bytes[start]);
  if (octets === undefined || bytes[start + 4] !== RT_TABLE_LOCAL) return;
  if (type !== RTN_LOCAL && type !== RTN_BROADCAST) return;
  const ip = new Uint8Array(octets);
  for (let at = start + ROUTE; at + ATTRIBUTE <= end; ) {
    const size = view.getUint16(at, true);
    if (size < ATTRIBUTE || at + size > end) return;
    // A network of all addresses has no destination.
    if (view.getUint16(at + 2, true) === RTA_DST) {
      if (size !== ATTRIBUTE + octets) return;
      ip.set(bytes.subarray(at + ATTRIBUTE, at + size));
    }
    at += aligned(size);
  }
  networks.push({ ip, prefix: bytes[start + 1] });
}

const aligned = (size: number): number => (size + 3) & ~3;
