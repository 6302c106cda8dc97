// Which remembered destinations are neighbours: of one site, or of one network. A site is a registrable domain; its name comes
// from the route actor, which has the list of public suffixes. Bounded; what it names may have been forgotten since. Pure.
import { networkNumber } from '../address/network-number.js';
import { hostOf } from './destination-key.js';

/** Destinations in a group; the one that came first is dropped. */
const KEYS_MAX = 4;
/** Sites and networks together; the one that came first is dropped. */
const GROUPS_MAX = 8192;
/** Destinations whose site is not known yet: those of the last moments. */
const UNPLACED_MAX = 256;

export class Neighbours {
  /** By the name of a site or the number of a network. */
  readonly #groups = new Map<string | number, string[]>();
  #unplaced: string[] = [];

  get size(): number {
    return this.#groups.size;
  }

  /** The names of sites, of destinations that have been added or will be. */
  learn(sites: readonly string[]): void {
    for (const site of sites) if (!this.#groups.has(site)) this.#open(site);
    if (sites.length === 0 || this.#unplaced.length === 0) return;
    const unplaced = this.#unplaced;
    this.#unplaced = [];
    for (const key of unplaced) this.add(key);
  }

  /** A destination is remembered from now on. */
  add(key: string): void {
    const host = hostOf(key);
    if (host === undefined) return;
    const group = this.#siteOf(host);
    if (group !== undefined) put(group, key);
    else if (this.#unplaced.push(key) > UNPLACED_MAX) this.#unplaced.shift();
  }

  /** The destination has this address. */
  addAddress(key: string, ip: Uint8Array): void {
    const network = networkNumber(ip);
    put(this.#groups.get(network) ?? this.#open(network), key);
  }

  /** Destinations of the site of a host, the last one added last. */
  ofSite(host: string): readonly string[] {
    return this.#siteOf(host) ?? [];
  }

  /** Destinations of the network of an address, the last one added last. */
  ofNetwork(ip: Uint8Array): readonly string[] {
    return this.#groups.get(networkNumber(ip)) ?? [];
  }

  /** The group of the longest known name at the end of the host's. */
  #siteOf(host: string): string[] | undefined {
    for (let from = 0; from >= 0; from = host.indexOf('.', from) + 1 || -1) {
      const group = this.#groups.get(from === 0 ? host : host.slice(from));
      if (group !== undefined) return group;
    }
    return undefined;
  }

  #open(group: string | number): string[] {
    const keys: string[] = [];
    this.#groups.set(group, keys);
    if (this.#groups.size > GROUPS_MAX) this.#groups.delete(this.#groups.keys().next().value as string | number);
    return keys;
  }
}

function put(keys: string[], key: string): void {
  if (keys.includes(key)) return;
  keys.push(key);
  if (keys.length > KEYS_MAX) keys.shift();
}
