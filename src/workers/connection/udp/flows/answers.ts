// With whom the flows of one association exchange datagrams: to which flow an answer belongs, and whether it may be passed on. It sends
// nothing.
import type { Batch } from '../../../../linux/udp/datagrams.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import { endpointOf, ipOf } from '../../../../protocol/udp/endpoint.js';
import { headerOfIp } from '../../../../protocol/udp/header.js';
import { Peers } from '../../../../protocol/udp/peers.js';
import type { UdpFilter, UdpOptions } from '../../../../protocol/udp-options.js';
import type { Way } from '../ways/way.js';
import { type FlowPeer, type PeeredFlow, peerOf } from './peer.js';
import type { Route } from './route.js';
import { claims, SharedPeer } from './shared-peer.js';

/** Addresses at which the name of one flow may turn out to be, where a proxy resolves it. */
const PEERS_MAX = 8;

export interface AnswersParts {
  readonly options: { readonly udp: Pick<UdpOptions, 'filter'> };
  /** A random integer of this process. */
  readonly seed: number;
}

export class Answers {
  readonly #filter: UdpFilter;
  readonly #peers: Peers<Way, PeeredFlow, FlowPeer>;
  /** By route: its peers. A route to a name that a proxy resolves has those that have answered. */
  readonly #peersOf = new Map<Route, FlowPeer[]>();
  /** Routes to names that proxies resolve, and their flows. */
  readonly #named = new Map<Route, PeeredFlow>();
  /** Those of them by which nothing has come yet. */
  readonly #unheard = new Map<Route, PeeredFlow>();

  constructor({ options, seed }: AnswersParts) {
    this.#filter = options.udp.filter;
    this.#peers = new Peers(this.#filter, seed);
  }

  /** Answers by the route are the flow's. */
  listen(flow: PeeredFlow, route: Route): void {
    const { ip } = route.candidate;
    const { target } = flow;
    const known = route.candidate.line.isDirect ? ip : (target.ip ?? ip);
    this.#peersOf.set(route, []);
    if (known === undefined) {
      this.#named.set(route, flow);
      this.#unheard.set(route, flow);
    } else this.#join(route, peerOf(flow, route, known, target.port));
  }

  unlisten(route: Route): void {
    for (const peer of this.#peersOf.get(route) ?? []) {
      this.#peers.remove(peer);
      peer.shared?.remove(peer);
    }
    this.#peersOf.delete(route);
    this.#named.delete(route);
    this.#unheard.delete(route);
  }

  #join(route: Route, peer: FlowPeer): void {
    const other = this.#peers.find(peer.way, peer.endpoint);
    if (other !== undefined) {
      other.shared ??= new SharedPeer(other);
      other.shared.add(peer);
    }
    this.#peersOf.get(route)?.push(peer);
    this.#peers.add(peer);
    this.#unheard.delete(route);
  }

  /** Datagrams have come by a way. Returns whether they are a flow's. */
  came(way: Way, batch: Batch): boolean {
    const peer = this.#peerOf(way, batch);
    if (peer === undefined) return false;
    if (peer.shared === undefined) peer.flow.came(peer, batch);
    else peer.shared.came(batch);
    return true;
  }

  #peerOf(way: Way, batch: Batch): FlowPeer | undefined {
    const { from } = batch;
    const known = this.#peers.find(way, from);
    if (this.#unheard.size > 0) this.#joinUnheard(way, batch, known);
    const peer =
      known ?? this.#peers.find(way, from) ?? (this.#named.size > 0 ? this.#namedPeer(way, from) : undefined);
    if (peer !== undefined || this.#filter !== 'address') return peer;
    const near = this.#peers.findAddress(way, from);
    // It has a header of its own.
    return near && { ...peerOf(near.flow, near.route, ipOf(from), from.port) };
  }

  /**
   * The name of a flow may turn out to be where another flow sends, too: it is, if the flow knows the answer as its own, or if the
   * answer is not its first and nobody else has sent there since.
   */
  #joinUnheard(way: Way, batch: Batch, known: FlowPeer | undefined): void {
    const { from } = batch;
    for (const [route, flow] of this.#unheard) {
      if (route.way !== way || flow.target.port !== from.port) continue;
      const peers = known?.shared?.peers ?? (known === undefined ? [] : [known]);
      const isLast = known !== undefined && peers.every((peer) => peer.flow.asked < flow.asked);
      if (flow.contest !== undefined ? claims({ flow, route }, batch) : isLast)
        this.#join(route, peerOf(flow, route, ipOf(from), from.port));
    }
  }

  /**
   * A proxy has resolved the name of a flow, and does not say where to: whoever answers from its port is taken for it. Of several
   * such flows the one that has waited for its first answer longest is.
   */
  #namedPeer(way: Way, from: Batch['from']): FlowPeer | undefined {
    let found: Route | undefined;
    for (const [route, { target }] of this.#named) {
      if (route.way !== way || target.port !== from.port) continue;
      if (this.#peersOf.get(route)?.length === 0) {
        found = route;
        break;
      }
      found ??= route;
    }
    const flow = found && this.#named.get(found);
    if (found === undefined || flow === undefined) return undefined;
    const peer = peerOf(flow, found, ipOf(from), from.port);
    this.#join(found, peer);
    if ((this.#peersOf.get(found)?.length ?? 0) >= PEERS_MAX) this.#named.delete(found);
    return peer;
  }

  /** The header for answers that are nobody's and are passed on all the same; undefined where they are not. */
  headerFor({ from }: Batch): Uint8Array | undefined {
    return this.#filter === 'none' ? headerOfIp(ipOf(from), from.port) : undefined;
  }

  bounced(way: Way, ip: Uint8Array, port: number, failure: Failure): void {
    const peer = this.#peers.find(way, endpointOf(ip, port));
    if (peer?.shared !== undefined) peer.shared.bounced(failure);
    else peer?.flow.bounced(peer.route, failure);
  }
}
