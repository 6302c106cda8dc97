// Whether an address is one of this machine's. The machine's networks are a set that is read again when it is asked and a second
// old: the egress policy asks for nearly every connection, and the kernel's word on one address takes three system calls.
import { parseIp } from './address.js';
import { type IpRange, IpRanges } from './ip-range.js';

/** How the kernel is asked (linux/netlink/this-machine.ts). */
export interface Machine {
  /** In ms. */
  now(): number;
  /** All networks whose addresses are the machine's own; undefined where the kernel does not tell. */
  networks(): readonly IpRange[] | undefined;
  /** Whether a socket can be bound to an address. */
  canBind(ip: Uint8Array): boolean;
}

const KEPT_MS = 1000;
/** Reading takes at most this part of the time: on a router with a million routes it may take milliseconds. */
const SHARE = 1 / 100;
/** Addresses that no machine has: for documentation (RFC 5737, RFC 3849). */
const NOBODYS = ['192.0.2.1', '2001:db8::1'].map((text) => parseIp(text) as Uint8Array) as [Uint8Array, Uint8Array];

export class OwnAddresses {
  readonly #machine: Machine;
  #networks: IpRanges | undefined;
  #until = Number.NEGATIVE_INFINITY;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Takes 4 bytes, or 16 that are not mapped. An address that the machine got within the last second may be missing. */
  has(ip: Uint8Array): boolean {
    if (isMulticast(ip)) return false;
    if (this.#machine.now() >= this.#until) this.#read();
    return this.#networks === undefined ? this.#canBind(ip) : this.#networks.hasClient(ip);
  }

  /** The same, and none is missing but an IPv6 address of a new `local` route, which cannot be bound. It asks the kernel. */
  hasNow(ip: Uint8Array): boolean {
    return this.has(ip) || (!isMulticast(ip) && this.#canBind(ip));
  }

  #read(): void {
    const begun = this.#machine.now();
    const networks = this.#machine.networks();
    const now = this.#machine.now();
    this.#networks = networks === undefined ? undefined : new IpRanges(networks);
    this.#until = now + Math.max(KEPT_MS, (now - begun) / SHARE);
  }

  /** It says nothing where any address can be bound (net.ipv4.ip_nonlocal_bind, net.ipv6.ip_nonlocal_bind). */
  #canBind(ip: Uint8Array): boolean {
    return this.#machine.canBind(ip) && !this.#machine.canBind(NOBODYS[ip.length === 4 ? 0 : 1]);
  }
}

/** An address of a group is no machine's own, although sockets can be bound to it (RFC 5771, RFC 4291 section 2.7). */
function isMulticast(ip: Uint8Array): boolean {
  return ip.length === 4 ? (ip[0] & 0xf0) === 0xe0 : ip[0] === 0xff;
}
