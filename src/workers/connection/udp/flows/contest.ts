// What may decide between the candidates of a flow by what answers (for QUIC: ../quic/). Until it is settled all datagrams of
// the flow go through it. Types only.
import type { Batch } from '../../../../linux/engine/datagrams.js';
import type { Target } from '../../../../protocol/address/target.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import type { FlowCandidate, FlowChoice } from '../choice/choice.js';
import type { FlowPeer } from './peer.js';
import type { Route } from './route.js';

/** A flow as its contest sees it. */
export interface ContestedFlow {
  readonly target: Target;
  /** By which the flow book knows it. */
  readonly number: number;
  /** Is told what becomes of the candidates: `failed` of those that are silent. Of failed ways and of `settle` the flow tells it. */
  readonly choice: Pick<FlowChoice, 'failed'>;
  /** A route over one of the candidates, whose way may still be opening. */
  open(candidate: FlowCandidate): Route | Failure;
  /** Sends one datagram of the heap, which is copied, over a route whose way is open. */
  sendCopy(route: Route, bytes: Uint8Array, ecn: number): void;
  /** The contest is over: this route has answered, so long after it was asked, and all goes over it from now on. */
  settle(route: Route, after_ms: number): void;
  /** Sends answers on to the client. */
  pass(peer: FlowPeer, batch: Batch): void;
  /** The contest is over: nothing carries the flow. */
  fail(failure: Failure): void;
}

export interface Contest {
  /** Candidates of the flow; those of a later call are further ones. */
  joined(candidates: readonly FlowCandidate[]): void;
  /** A datagram of the client. The bytes are lent until this returns. */
  up(bytes: Uint8Array, start: number, size: number, ecn: number): void;
  /** Datagrams of a route's peer. Lent until this returns; `Flow.pass` sends them on to the client. */
  came(peer: FlowPeer, batch: Batch): void;
  /** The way of a route is open now. */
  opened(route: Route): void;
  /** The way of a route has failed, or the network says that nothing gets there. The route is closed. */
  failed(route: Route, failure: Failure): void;
  /** The flow has ended, or is settled. */
  close(): void;
}

export interface Contests {
  /**
   * The contest for a flow that begins with a datagram of `size` bytes at `start`; undefined where the flow goes over its first
   * candidate.
   */
  of(flow: ContestedFlow, bytes: Uint8Array, start: number, size: number): Contest | undefined;
}

export const NO_CONTESTS: Contests = { of: () => undefined };
