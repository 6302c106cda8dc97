// An address and port with which a flow exchanges datagrams over a way, and what stands in front of its answers to the client.
import type { Batch } from '../../../../linux/udp/datagrams.js';
import type { Target } from '../../../../protocol/address/target.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import { endpointOf } from '../../../../protocol/udp/endpoint.js';
import { headerOfIp } from '../../../../protocol/udp/header.js';
import type { Peer } from '../../../../protocol/udp/peers.js';
import type { Way } from '../ways/way.js';
import type { Route } from './route.js';

/** Tells which answers are its flow's. */
export interface Claimant {
  /** Whether a datagram that came over a route is surely this flow's, and not of another flow of the same endpoint. */
  claims(route: Route, bytes: Uint8Array, start: number, end: number): boolean;
}

/** See shared-peer.ts. */
export interface PeerOfSeveral {
  readonly peers: readonly FlowPeer[];
  add(peer: FlowPeer): void;
  remove(peer: FlowPeer): void;
  came(batch: Batch): void;
  bounced(failure: Failure): void;
}

/** A flow as those see it that bring it answers. */
export interface PeeredFlow {
  readonly target: Target;
  /** When datagrams last moved, in whole ms of the engine's clock. */
  readonly active: number;
  /** When the client last sent a datagram, by the same clock. */
  readonly asked: number;
  readonly isAnswered: boolean;
  /** While answers decide by which route it goes. */
  readonly contest: Claimant | undefined;
  /** Datagrams of a peer have come. */
  came(peer: FlowPeer, batch: Batch): void;
  /** Datagrams of a peer have come for another flow, which shares it. */
  heard(route: Route): void;
  /** The way of a route has failed. */
  failed(route: Route, failure: Failure): void;
  /** The network says that nothing gets there. */
  bounced(route: Route, failure: Failure): void;
}

export interface FlowPeer extends Peer<Way, PeeredFlow> {
  readonly route: Route;
  /** The header of its answers: the true sender. */
  readonly header: Uint8Array;
  /** All peers with this way and endpoint; undefined if it is the only one. */
  shared: PeerOfSeveral | undefined;
}

export function peerOf(flow: PeeredFlow, route: Route, ip: Uint8Array, port: number): FlowPeer {
  const endpoint = endpointOf(ip, port);
  return { flow, route, way: route.way, endpoint, header: headerOfIp(ip, port), shared: undefined };
}
