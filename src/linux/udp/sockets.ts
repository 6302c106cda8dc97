// UDP sockets: opens them with what a relay of datagrams needs, and binds them. They send with DF, so that nobody fragments what its
// sender has not allowed to be, and errors that ICMP tells of go to their error queue (errors.ts). Sending and receiving is the
// engine's (../engine/). `connectTo`, `bindTo` and `localEndpoint` of ../sockets.ts and `leaveFrom` of ../source.ts serve these
// sockets, too.
import { AF_INET, AF_INET6 } from '../addresses.js';
import { EADDRINUSE } from '../errno.js';
import * as libc from '../libc.js';
import { mapMemory } from '../memory.js';
import { bindTo, SOCK_NONBLOCK_CLOEXEC } from '../sockets.js';

const SOCK_DGRAM = 2;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
export const IPPROTO_IP = 0;
export const IPPROTO_IPV6 = 41;
export const SOL_UDP = 17;
// Options, and the types of what the kernel tells with a datagram.
export const IP_TOS = 1;
const IP_MTU_DISCOVER = 10;
export const IP_RECVERR = 11;
const IP_RECVTOS = 13;
export const IP_RECVFRAGSIZE = 25;
const IPV6_MTU_DISCOVER = 23;
export const IPV6_RECVERR = 25;
const IPV6_V6ONLY = 26;
const IPV6_RECVTCLASS = 66;
export const IPV6_TCLASS = 67;
export const IPV6_RECVFRAGSIZE = 77;
export const UDP_SEGMENT = 103;
export const UDP_GRO = 104;
/** Fragments where the path needs it, without DF. */
const PMTUDISC_DONT = 0;
/** DF always, whatever size was heard of: the client finds the size of its path by itself. */
const PMTUDISC_PROBE = 3;

/**
 * Bytes that a socket may hold of what is not read yet, and of what has not left yet; the kernel gives at most net.core.rmem_max and
 * net.core.wmem_max, doubles it for what it needs itself, and takes no memory before it is needed.
 */
const BUFFER_SIZE = 1_048_576;
/** Ports that one `bindWithin` tries: a range that has fewer free ones is as good as full. */
const TRIES_MAX = 1024;

const value = mapMemory(4096);

function setInt(fd: number, level: number, option: number, to: number): number {
  value.ints[0] = to;
  return libc.setsockopt(fd, level, option, value.address, 4);
}

/**
 * A UDP socket for IP addresses of `ipLength` (4 or 16) bytes: its fd, or a negated errno. An IPv6 socket has no IPv4 peers. What an
 * older kernel does not know of ECN, fragments and joined datagrams stays off. A plain read finds joined datagrams as one: an engine
 * reads it.
 */
export function openUdp(ipLength: number): number {
  const fd = libc.socket(ipLength === 16 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK_CLOEXEC, 0);
  if (fd < 0) return fd;
  if (ipLength === 16) {
    setInt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    setInt(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
    setInt(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
    setInt(fd, IPPROTO_IPV6, IPV6_RECVFRAGSIZE, 1);
  } else {
    setInt(fd, IPPROTO_IP, IP_RECVERR, 1);
    setInt(fd, IPPROTO_IP, IP_RECVTOS, 1);
    setInt(fd, IPPROTO_IP, IP_RECVFRAGSIZE, 1);
  }
  allowFragments(fd, ipLength === 16, false);
  setInt(fd, SOL_UDP, UDP_GRO, 1);
  setInt(fd, SOL_SOCKET, SO_RCVBUF, BUFFER_SIZE);
  setInt(fd, SOL_SOCKET, SO_SNDBUF, BUFFER_SIZE);
  return fd;
}

/** Whether what the socket sends from now on may be fragmented: 0, or a negated errno. */
export function allowFragments(fd: number, isIpv6: boolean, may: boolean): number {
  const how = may ? PMTUDISC_DONT : PMTUDISC_PROBE;
  return isIpv6 ? setInt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, how) : setInt(fd, IPPROTO_IP, IP_MTU_DISCOVER, how);
}

/**
 * Binds to `ip` and the first free port of `first` to `last`, beginning at the `start`th (from 0) and going round. The port, or a
 * negated errno: -EADDRINUSE when none was free.
 */
export function bindWithin(fd: number, ip: Uint8Array, first: number, last: number, start: number): number {
  const ports = last - first + 1;
  for (let i = 0; i < Math.min(ports, TRIES_MAX); i += 1) {
    const port = first + ((start + i) % ports);
    const result = bindTo(fd, ip, port);
    if (result === 0) return port;
    if (result !== -EADDRINUSE) return result;
  }
  return -EADDRINUSE;
}
