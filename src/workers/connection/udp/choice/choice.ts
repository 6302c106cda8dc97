// What a flow asks before it sends: whether it may, and by which lines, the best first. Types only.
import type { Target } from '../../../../protocol/address/target.js';
import type { Failure } from '../../../../protocol/race/failure.js';
import type { User } from '../../../../protocol/users/user.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';

/** Whose association it is. One object for all its flows. */
export interface Asker {
  /** The number of its control connection in the records. */
  readonly connection: number;
  readonly user: User | undefined;
  /** How many gateways the request has passed. */
  readonly depth: number;
}

export interface FlowCandidate {
  readonly line: DialLine;
  /** What a direct line sends to; undefined for a line with proxies where the last one resolves the name. */
  readonly ip: Uint8Array | undefined;
}

/** Hears of the choice; also within `begin`. Nothing is told after `refused` or `close`. */
export interface ChoiceOutcome {
  /**
   * In the order of preference; at least one in the first call. What comes in a later call, of slower lookups, goes behind these.
   * `more`: whether there is a later call.
   */
  chosen(candidates: readonly FlowCandidate[], more: boolean): void;
  /** Nothing carries the flow. Not after `chosen`. */
  refused(failure: Failure): void;
}

/** The choice of one flow, which tells it in turn what becomes of its candidates. */
export interface FlowChoice {
  /** Called once. */
  begin(): void;
  /** Within which time a candidate should answer, by what is known, in ms. */
  answersWithin(candidate: FlowCandidate): number;
  /** What the flow sends goes over this candidate, until another one is named or has answered. */
  asks(candidate: FlowCandidate): void;
  /** The first answer of a candidate has come, so long after the flow's first datagram went there, as far as that is known. */
  answered(candidate: FlowCandidate, after_ms: number | 'untimed'): void;
  /**
   * A candidate has failed while nothing had come back: its way, an error of the network, or silence (`timed-out`). `isAlone`: no
   * other one can answer in this flow, so it counts at once.
   */
  failed(candidate: FlowCandidate, failure: Failure, isAlone?: boolean): void;
  /** The flow has ended, or needs no more candidates. */
  close(): void;
}

/** `asker`: the association's. */
export type Choose = (target: Target, asker: Asker, outcome: ChoiceOutcome) => FlowChoice;
