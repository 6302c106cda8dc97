// An address and port with which a flow exchanges datagrams over a way, and what stands in front of its answers to the client.
import type { Batch } from '../../../../linux/engine/datagrams.js';
import type { Target } from '../../../../protocol/address/target.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import { endpointOf } from '../../../../protocol/udp/endpoint.js';
import { headerOfIp } from '../../../../protocol/udp/header.js';
import type { Peer } from '../../../../protocol/udp/peers.js';
import type { Way } from '../ways/way.js';
import type { Route } from './route.js';

/** A flow as those see it that bring it answers. */
export interface PeeredFlow {
  readonly target: Target;
  /** When datagrams last moved, in whole ms of the engine's clock. */
  readonly active: number;
  /** Datagrams of a peer have come. */
  came(peer: FlowPeer, batch: Batch): void;
  /** The way of a route has failed. */
  failed(route: Route, failure: Failure): void;
  /** The network says that nothing gets there. */
  bounced(route: Route, failure: Failure): void;
}

export interface FlowPeer extends Peer<Way, PeeredFlow> {
  readonly route: Route;
  /** The header of its answers: the true sender. */
  readonly header: Uint8Array;
}

export function peerOf(flow: PeeredFlow, route: Route, ip: Uint8Array, port: number): FlowPeer {
  return { flow, route, way: route.way, endpoint: endpointOf(ip, port), header: headerOfIp(ip, port) };
}
