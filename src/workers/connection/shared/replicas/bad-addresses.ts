// This actor's replica of the bad addresses, consulted before every dial of a direct line, and for the known answers of a
// name. It begins with the static list and is updated by pushes of the DNS actor. It judges no address itself.
import { parseIp } from '../../../../protocol/address/address.js';
import { comparedIp } from '../../../../protocol/address/embedded-ipv4.js';
import { IpMap } from '../../../../protocol/address/ip-map.js';
import { IpRanges } from '../../../../protocol/address/ip-range.js';
import type { BadAddressChange, Verdict } from '../../../../protocol/trust/evidence.js';
import type { BadAddressSubscriber } from '../../../../threads/contracts/dns.js';

interface Bad {
  readonly everywhere: boolean;
  readonly names: ReadonlySet<string>;
  readonly last: ReadonlySet<string>;
  readonly told: ReadonlySet<string>;
  readonly servers: number;
  /** The version since which one more server is not believed. */
  readonly disbelieved: number;
  readonly expires: number;
  /** Known only from an earlier DNS actor: no push will end it. */
  orphan: boolean;
}

const NOBODY: ReadonlySet<string> = new Set();

export class BadAddresses implements BadAddressSubscriber {
  #fixed: IpRanges;
  readonly #bad = new IpMap<Bad>();
  readonly #now: () => number;
  #version = 0;

  /** `fixed` has addresses and ranges of the configuration; `now` is in ms since the epoch. */
  constructor(fixed: readonly string[], now: () => number) {
    this.#fixed = IpRanges.of(fixed);
    this.#now = now;
  }

  /** Replaces the addresses and ranges of the configuration. */
  setFixed(fixed: readonly string[]): void {
    this.#version += 1;
    this.#fixed = IpRanges.of(fixed);
  }

  /** Changes with every push: results of checks under another version are outdated. */
  get version(): number {
    return this.#version;
  }

  /** Whether an address must not be dialled for a name; `name` is undefined if the client asked for the address itself. */
  forbids(ip: Uint8Array, name: string | undefined): boolean {
    if (!this.#fixed.empty && this.#fixed.has(ip)) return true;
    return this.isInjected(ip, name);
  }

  /** The same without the static list, which concerns dialling only. */
  isInjected(ip: Uint8Array, name: string | undefined): boolean {
    const bad = this.#badOf(ip);
    return bad !== undefined && (bad.everywhere || (name !== undefined && bad.names.has(name)));
  }

  /** Whether an address may be tried only when nothing else has worked. */
  isLast(ip: Uint8Array, name: string): boolean {
    return this.#badOf(ip)?.last.has(name) ?? false;
  }

  /** Whether other gateways of the site speak against an address: at a first contact others may go before it. */
  isTold(ip: Uint8Array, name: string): boolean {
    return this.#badOf(ip)?.told.has(name) ?? false;
  }

  /** Whether since `version` one more server of those that gave the address is not believed. */
  isDisbelievedSince(ip: Uint8Array, version: number): boolean {
    const bad = this.#badOf(ip);
    return bad !== undefined && bad.disbelieved > version;
  }

  async badAddressesChanged(changes: readonly BadAddressChange[], whole: boolean): Promise<void> {
    this.#version += 1;
    // Entries of an earlier DNS actor stay until they expire, so that a restart leaves no gap.
    if (whole) for (const one of this.#bad.values()) one.orphan = true;
    for (const { address, verdict } of changes) {
      const bytes = parseIp(address);
      if (bytes === undefined) continue;
      const ip = comparedIp(bytes);
      if (verdict === undefined) this.#bad.delete(ip);
      else this.#bad.set(ip, this.#replica(verdict, this.#bad.get(ip)));
    }
  }

  #badOf(asked: Uint8Array): Bad | undefined {
    if (this.#bad.size === 0) return undefined;
    const ip = comparedIp(asked);
    const bad = this.#bad.get(ip);
    if (bad === undefined || !bad.orphan || bad.expires > this.#now()) return bad;
    this.#bad.delete(ip);
    return undefined;
  }

  #replica({ everywhere, names, last, told, servers, expires }: Verdict, before: Bad | undefined): Bad {
    const more = servers.length > (before?.servers ?? 0);
    return {
      ...{ everywhere, names: new Set(names), last: new Set(last), servers: servers.length, expires },
      told: told === undefined ? NOBODY : new Set(told),
      orphan: false,
      disbelieved: more ? this.#version : (before?.disbelieved ?? 0),
    };
  }
}
