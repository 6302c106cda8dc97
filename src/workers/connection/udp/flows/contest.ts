// What may decide between the candidates of a flow by what answers (for QUIC: ../quic/). Until it is settled all datagrams of
// the flow go through it. Types only.
import type { Batch } from '../../../../linux/udp/datagrams.js';
import type { Target } from '../../../../protocol/address/target.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import type { FlowKind } from '../../../../protocol/udp/flow-record.js';
import type { Asker, FlowCandidate, FlowChoice } from '../choice/choice.js';
import type { Watch } from './asking.js';
import type { Claimant, FlowPeer } from './peer.js';
import type { Queued } from './queue.js';
import type { Route } from './route.js';

/** A flow as its contest sees it. */
export interface ContestedFlow {
  readonly target: Target;
  /** By which the flow book knows it. */
  readonly number: number;
  /** Is told of candidates that are to blame. Of failed ways, and of an answer, the flow tells it. */
  readonly choice: Pick<FlowChoice, 'answersWithin' | 'failed'>;
  /** A route over one of the candidates, whose way may still be opening. */
  open(candidate: FlowCandidate): Route | Failure;
  /** Sends one datagram of the heap, which is copied, over a route whose way is open. */
  sendCopy(route: Route, bytes: Uint8Array, ecn: number): void;
  /**
   * The contest is over: all goes over this route from now on, first what is `waiting`. `after_ms`: so long after it was asked its
   * server has answered; undefined where that is not known, and nothing is to be remembered of it. `watch`: looks whether what follows
   * gets through; else the candidate is to blame after all.
   */
  settle(route: Route, after_ms: number | undefined, waiting: readonly Queued[], watch?: Watch): void;
  /** The contest is over without an answer: what goes over this route must not go over another one. */
  stay(route: Route, waiting: readonly Queued[]): void;
  /**
   * There is nothing to contest: the flow goes over the first of these candidates. `mayMove`: whether another one may carry it where
   * that is silent; else its silence is told to the choice, and counts for flows that begin later.
   */
  unraced(candidates: readonly FlowCandidate[], mayMove: boolean, waiting: readonly Queued[]): void;
  /** Sends answers on to the client. */
  pass(peer: FlowPeer, batch: Batch): void;
  /** The same for one that was kept. */
  passCopy(peer: FlowPeer, bytes: Uint8Array, ecn: number): void;
  /** The contest is over: nothing carries the flow. */
  refused(failure: Failure): void;
}

export interface Contest extends Claimant {
  readonly kind: FlowKind;
  /** Candidates of the flow; those of a later call are further ones. `more`: whether there is a later call. */
  joined(candidates: readonly FlowCandidate[], more: boolean): void;
  /** A datagram of the client. The bytes are lent until this returns. */
  up(bytes: Uint8Array, start: number, size: number, ecn: number): void;
  /** Datagrams of a route's peer. Lent until this returns; `Flow.pass` sends them on to the client. */
  came(peer: FlowPeer, batch: Batch): void;
  /** The way of a route is open now. */
  opened(route: Route): void;
  /** The way of a route has failed. The route is closed. */
  failed(route: Route, failure: Failure): void;
  /** The network says that nothing gets to a route's peer. */
  bounced(route: Route, failure: Failure): void;
  /** The flow has ended, or is settled. */
  close(): void;
}

/** Looks at what a client sends in a flow that has no contest, or none any more. */
export interface Inspection {
  /** Whether a rule blocks what this datagram begins. */
  isBlocked(bytes: Uint8Array, start: number, size: number): boolean;
}

export interface Contests {
  /** What inspects the flows to a target. */
  inspection(target: Target, asker: Asker): Inspection;
  /**
   * The contest for a flow that begins with a datagram of `size` bytes at `start`; undefined where the flow goes over its first
   * candidate.
   */
  of(flow: ContestedFlow, asker: Asker, bytes: Uint8Array, start: number, size: number): Contest | undefined;
}
