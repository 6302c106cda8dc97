// What is noted of flows, beside numbers. Types only.
import type { Failure } from '../../../../protocol/race/failure.js';
import type { FlowAttemptResult } from '../../../../protocol/udp/flow-record.js';
import type { AssociationNote } from './association-note.js';

/** A live flow, for who looks at it. */
export interface LiveFlow {
  /** An operator wants it gone. Returns whether it was there to be closed. */
  closeByOperator(): boolean;
}

/** One line of a QUIC flow's race. Times are those of the clock; NaN for what has not happened. */
export interface NotedFlowAttempt {
  readonly line: number;
  readonly ip: Uint8Array | undefined;
  readonly sentAt: number;
  readonly endedAt: number;
  /** Datagrams of the client that went out over it during the race. */
  readonly datagrams: number;
  readonly result: FlowAttemptResult | undefined;
}

/** What of a flow is no number. */
export interface FlowBeside {
  readonly association: AssociationNote;
  readonly host: string;
  /** Undefined when it has ended. */
  live: LiveFlow | undefined;
  sni: string | undefined;
  attempts: readonly NotedFlowAttempt[];
  failure: Failure | undefined;
}

export interface FlowRecordsParts {
  /** The number of the actor. */
  readonly actor: number;
  readonly clock: { readonly now: number };
  /** What the clock would say if it were read at this moment. */
  readonly present: () => number;
  readonly listenerName: (listener: number) => string;
  readonly lineName: (line: number) => string;
  readonly live_max?: number;
  readonly ended_max?: number;
}
