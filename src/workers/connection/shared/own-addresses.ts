// Whether an address is one of this machine's, remembered for a second: the egress policy asks for nearly every connection, and
// the kernel's word takes three system calls. So an address that is added to the machine counts a second later at most. What
// leads to the gateway's own ports is not asked here, but of the kernel each time: see own-listeners.ts.
import { IpMap } from '../../../protocol/address/ip-map.js';

const KEPT_MS = 1000;
/** Addresses that are remembered at a time. */
const ADDRESSES_MAX = 4096;

export class OwnAddresses {
  readonly #now: () => number;
  readonly #machineHas: (ip: Uint8Array) => boolean;
  #known = new IpMap<boolean>();
  #until = Number.NEGATIVE_INFINITY;

  /** `now` is in ms. */
  constructor(now: () => number, machineHas: (ip: Uint8Array) => boolean) {
    this.#now = now;
    this.#machineHas = machineHas;
  }

  /** Takes 4 bytes, or 16 that are not mapped; keeps none of them. */
  has(ip: Uint8Array): boolean {
    const now = this.#now();
    if (now >= this.#until || this.#known.size >= ADDRESSES_MAX) {
      this.#known = new IpMap();
      this.#until = now + KEPT_MS;
    }
    const known = this.#known.get(ip);
    if (known !== undefined) return known;
    const has = this.#machineHas(ip);
    this.#known.set(ip.slice(), has);
    return has;
  }
}
