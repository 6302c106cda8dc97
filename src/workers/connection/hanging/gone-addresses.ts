// Since when addresses have been gone from this machine. Connections from an address that is gone cannot go on unless it comes back,
// as it does where an interface is only configured anew. An interface that is switched off keeps its IPv4 addresses.
import { look } from '../../../linux/netlink/look.js';
import { THIS_MACHINE } from '../../../linux/netlink/this-machine.js';
import { formatIp, unmapped } from '../../../protocol/address/address.js';
import { type Machine, OwnAddresses } from '../../../protocol/address/own-addresses.js';

/** Addresses that are noted. Sessions from further ones are judged by whether they hang. */
const MISSED_MAX = 1000;
/** For how long the kernel's word on an address counts. */
const CHECK_EVERY_MS = 1000;

interface Missed {
  /** Undefined where it is there nevertheless. */
  since: number | undefined;
  checked: number;
}

/** Whether any interface has the address, also one that is down. */
export const hasInterface = (ip: Uint8Array): boolean => {
  const seen = look([], [ip]);
  return typeof seen === 'number' || seen.homes[0] !== undefined;
};

export class GoneAddresses {
  readonly #machine: Machine;
  readonly #hasInterface: (ip: Uint8Array) => boolean;
  readonly #own: OwnAddresses;
  /** Addresses to which the kernel delivers nothing. */
  readonly #missed = new Map<string, Missed>();

  constructor(machine: Machine = THIS_MACHINE, has = hasInterface) {
    this.#machine = machine;
    this.#hasInterface = has;
    this.#own = new OwnAddresses(machine);
  }

  /** In ms of the clock of `now`; undefined for an address that is there. */
  since(ip: Uint8Array, now: number): number | undefined {
    const own = unmapped(ip);
    const isDelivered = this.#own.has(own);
    if (isDelivered && this.#missed.size === 0) return undefined;
    const text = formatIp(own);
    if (isDelivered) {
      this.#missed.delete(text);
      return undefined;
    }
    const known = this.#missed.get(text);
    if (known !== undefined && now - known.checked < CHECK_EVERY_MS) return known.since;
    if (known === undefined && this.#missed.size >= MISSED_MAX) return undefined;
    const since = this.#isThere(own) ? undefined : (known?.since ?? now);
    this.#missed.set(text, { since, checked: now });
    return since;
  }

  /** Where any address can be bound (net.ipv4.ip_nonlocal_bind), one that is nowhere may be in use nevertheless. */
  #isThere(ip: Uint8Array): boolean {
    return this.#machine.canBind(ip) || this.#hasInterface(ip);
  }
}
