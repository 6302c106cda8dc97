// One candidate in the race of a QUIC flow: its route, answers that are kept until the race is decided, and what is noted of it.
import type { Entrant } from '../../../../protocol/quic/race/entrant.js';
import type { EntrantOutcome } from '../../../../protocol/quic/race/outcome.js';
import { type Failure, failureOf } from '../../../../protocol/race/failure.js';
import type { FlowAttemptResult } from '../../../../protocol/udp/flow-record.js';
import type { FlowCandidate } from '../choice/choice.js';
import type { FlowPeer } from '../flows/peer.js';
import type { Queue } from '../flows/queue.js';
import type { Route } from '../flows/route.js';
import type { NotedFlowAttempt } from '../records/noted.js';

const SILENT = failureOf('timed-out', 'no answer came to the first flight');
const FORGED = failureOf('reset', 'what came as an answer was not authentic');
const CLOSED = failureOf('refused', 'the server closed at once');

export class Runner implements NotedFlowAttempt {
  readonly candidate: FlowCandidate;
  readonly entrant: Entrant;
  /** Answers that may be of the server. They are of one peer: `peer`. */
  readonly kept: Queue;
  peer: FlowPeer | undefined;
  /** Undefined while it could not be opened, or once its way has failed. */
  route: Route | undefined;
  failure: Failure | undefined;
  endedAt = Number.NaN;
  datagrams = 0;
  result: FlowAttemptResult | undefined;

  constructor(candidate: FlowCandidate, entrant: Entrant, kept: Queue) {
    this.candidate = candidate;
    this.entrant = entrant;
    this.kept = kept;
  }

  get line(): number {
    return this.candidate.line.number;
  }

  get ip(): Uint8Array | undefined {
    return this.candidate.ip;
  }

  get sentAt(): number {
    return this.entrant.sent ?? Number.NaN;
  }

  /** Why it is to blame for how it has fared, now that another one has answered; undefined where nothing speaks against it. */
  faultOf(outcome: EntrantOutcome): Failure | undefined {
    switch (outcome) {
      case 'bounced':
      case 'failed':
        return this.failure;
      case 'forged':
        return FORGED;
      case 'closed':
        return CLOSED;
      // A list of versions proves nothing about who has sent it.
      case 'negotiation':
      case 'silent':
      case 'late':
        return SILENT;
      case 'won':
      case 'alone':
      case 'answered':
      case 'beaten':
      case 'unsent':
        return undefined;
      default:
        return outcome satisfies never;
    }
  }

  /** Notes how it has fared, when the race has been decided. */
  ended(outcome: EntrantOutcome, now: number): void {
    this.result = this.#resultOf(outcome);
    this.endedAt = now;
  }

  #resultOf(outcome: EntrantOutcome): FlowAttemptResult | undefined {
    if (outcome === 'won' || outcome === 'answered') return 'answered';
    if (outcome === 'forged') return outcome;
    if (outcome === 'silent' || outcome === 'late') return 'silent';
    if (outcome === 'beaten' || outcome === 'unsent') return 'abandoned';
    return this.faultOf(outcome)?.code;
  }
}
