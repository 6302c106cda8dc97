// Since when addresses have been gone from this machine. Connections from an address that is gone cannot go on unless it comes back,
// as it does where an interface is only configured anew.
import { THIS_MACHINE } from '../../../linux/netlink/this-machine.js';
import { formatIp, unmapped } from '../../../protocol/address/address.js';
import { type Machine, OwnAddresses } from '../../../protocol/address/own-addresses.js';

/** Addresses that are noted. Sessions from further ones are judged by whether they hang. */
const GONE_MAX = 1000;

export class GoneAddresses {
  readonly #machine: Machine;
  readonly #own: OwnAddresses;
  readonly #gone = new Map<string, number>();

  constructor(machine: Machine = THIS_MACHINE) {
    this.#machine = machine;
    this.#own = new OwnAddresses(machine);
  }

  /** In ms of the clock of `now`; undefined for an address that is there. */
  since(ip: Uint8Array, now: number): number | undefined {
    const own = unmapped(ip);
    // Where any address can be bound (net.ipv4.ip_nonlocal_bind), one that is nowhere may be in use nevertheless.
    const isThere = this.#own.has(own) || this.#machine.canBind(own);
    if (isThere && this.#gone.size === 0) return undefined;
    const text = formatIp(own);
    if (isThere) {
      this.#gone.delete(text);
      return undefined;
    }
    const since = this.#gone.get(text);
    if (since !== undefined) return since;
    if (this.#gone.size >= GONE_MAX) return undefined;
    this.#gone.set(text, now);
    return now;
  }
}
