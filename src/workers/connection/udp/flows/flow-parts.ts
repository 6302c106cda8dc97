// What a flow needs of its association, and of the actor. Types only.
import type { Batch } from '../../../../linux/udp/datagrams.js';
import type { DeadlineWheel } from '../../../../protocol/deadline-wheel.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import type { DropCounts } from '../../../../protocol/udp/drop-of.js';
import type { UdpOptions } from '../../../../protocol/udp-options.js';
import type { Asker, Choose, FlowCandidate } from '../choice/choice.js';
import type { AssociationNote } from '../records/association-note.js';
import type { FlowBook } from '../records/flow-book.js';
import type { Contests } from './contest.js';
import type { PeeredFlow } from './peer.js';
import type { QueueRoom } from './queue.js';
import type { Route } from './route.js';

/** What all flows of an association share. */
export interface FlowParts {
  readonly engine: { readonly now: number };
  readonly deadlines: Pick<DeadlineWheel, 'set' | 'clear'>;
  readonly options: { readonly udp: Pick<UdpOptions, 'idle_s' | 'dns_idle_s' | 'queue_max'> };
  readonly queues: QueueRoom;
  readonly udpTally: DropCounts;
  readonly flowBook: Pick<FlowBook, 'opened' | 'up' | 'down' | 'carried' | 'failed' | 'ended'>;
  readonly choose: Choose;
  readonly contests: Contests;
}

/** The association. */
export interface FlowOwner {
  readonly asker: Asker;
  readonly note: AssociationNote;
  /** Opens the way of a candidate, if it is not there yet, and has the flow hear of what comes by it from now on. */
  open(flow: PeeredFlow, candidate: FlowCandidate): Route | Failure;
  /** The flow hears of the route's peers no more. */
  close(route: Route): void;
  /** Sends datagrams to the client. */
  pass(header: Uint8Array, batch: Batch): void;
  /** The same for one datagram of the heap, which is copied. */
  passCopy(header: Uint8Array, bytes: Uint8Array, ecn: number): void;
  /** Datagrams have moved. */
  moved(flow: PeeredFlow): void;
  /** The flow has ended. Called once. */
  ended(flow: PeeredFlow): void;
}
