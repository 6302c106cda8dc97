// With whom an association exchanges datagrams, by way and address: to whose flow an answer belongs, and whether it may be passed
// on at all (`udp.filter`). RFC 4787 section 5 calls the three filters address-and-port-dependent, address-dependent and
// endpoint-independent.
import type { UdpFilter } from '../udp-options.js';
import { type Endpoint, hashOf, isSameAddress } from './endpoint.js';
import { HashIndex } from './hash-index.js';

/** An address and port to which something was sent over a way. */
export interface Peer<Way, Flow> {
  readonly way: Way;
  readonly flow: Flow;
  readonly endpoint: Endpoint;
}

const hashWithPort = (endpoint: Endpoint): number => Math.imul(hashOf(endpoint), 0x9e3779b1) ^ endpoint.port;

export class Peers<Way, Flow, One extends Peer<Way, Flow>> {
  readonly #byPort: HashIndex<One>;
  /** By the address alone; undefined where nobody asks for that. */
  readonly #byAddress: HashIndex<One> | undefined;

  /** `seed`: a random integer. */
  constructor(filter: UdpFilter, seed: number) {
    this.#byPort = new HashIndex(seed);
    this.#byAddress = filter === 'address' ? new HashIndex(seed) : undefined;
  }

  get size(): number {
    return this.#byPort.size;
  }

  add(peer: One): void {
    this.#byPort.add(hashWithPort(peer.endpoint), peer);
    this.#byAddress?.add(hashOf(peer.endpoint), peer);
  }

  remove(peer: One): void {
    this.#byPort.remove(hashWithPort(peer.endpoint), peer);
    this.#byAddress?.remove(hashOf(peer.endpoint), peer);
  }

  /** The peer with this very address and port, over this way. */
  find(way: Way, from: Endpoint): One | undefined {
    const hash = hashWithPort(from);
    const index = this.#byPort;
    for (let place = index.first(hash); place >= 0; place = index.next(place, hash)) {
      const { endpoint, way: own } = index.at(place);
      if (own === way && endpoint.port === from.port && isSameAddress(endpoint, from)) return index.at(place);
    }
    return undefined;
  }

  /** A peer with this address; with the filter `address` only. */
  findAddress(way: Way, from: Endpoint): One | undefined {
    const index = this.#byAddress;
    if (index === undefined) return undefined;
    const hash = hashOf(from);
    for (let place = index.first(hash); place >= 0; place = index.next(place, hash)) {
      const { endpoint, way: own } = index.at(place);
      if (own === way && isSameAddress(endpoint, from)) return index.at(place);
    }
    return undefined;
  }
}
