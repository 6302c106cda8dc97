// What the admin actor asks of a connection actor, called through comlink over a MessagePort. Each call does a bounded piece of
// work; whoever wants more calls again. Types only.
import type { Target } from '../../../protocol/address/target.js';
import type { ConnectionFilter } from '../../../protocol/connections/filter.js';
import type { ConnectionSummary } from '../../../protocol/connections/summary.js';
import type { ConnectionRecord } from '../../../protocol/race/record.js';
import type { AskedFor } from '../connection.js';
import type { DialAsked, Dialled } from './dial.js';
import type { FlowsAdmin } from './flows.js';
import type { Closed, ClosedPiece, FoundPiece, OwnId, Sought } from './found.js';
import type { News, NewsCursor } from './news.js';
import type { RulesTested, TestedMore } from './rules.js';

/** `since`: the `ended` of the last answer; undefined for a first one, which has no samples. */
export interface Sampling {
  readonly since: number | undefined;
  /** Which part of those that have ended is wanted, from 0 to 1. */
  readonly share: number;
  /** The part of one sample that the last answer left. */
  readonly owed: number;
}

/** A connection that has ended. `handshake_ms`: from its opening to its race; undefined where no race was run. */
export interface Sampled {
  readonly record: ConnectionRecord;
  readonly handshake_ms: number | undefined;
}

/** `missed`: samples that are due and not among those here, since they are too many or no longer on record. */
export interface Samples {
  readonly ended: number;
  readonly owed: number;
  readonly missed: number;
  readonly samples: readonly Sampled[];
}

/** Served by each connection actor. */
export interface ConnectionsAdmin extends FlowsAdmin {
  /** Looks for connections in a piece from a place on (0: the beginning). */
  find(sought: Sought, from: number): Promise<FoundPiece>;
  /** Of the first 128; undefined for those that are not on record any more. */
  summaries(ids: readonly OwnId[]): Promise<readonly (ConnectionSummary | undefined)[]>;
  /** With all attempts; undefined if it is not on record any more. */
  record(id: OwnId): Promise<ConnectionRecord | undefined>;
  /** Resets a live connection. */
  close(id: OwnId): Promise<Closed>;
  /** Resets the live connections of a piece that are meant, from a place on (0: the beginning). */
  closeAll(filter: ConnectionFilter, from: number): Promise<ClosedPiece>;
  /** Dials a target over a line, and tells how long that took. */
  dial(asked: DialAsked): Promise<Dialled>;
  /** Some of the connections that have ended since, spread over the time. */
  samples(sampling: Sampling): Promise<Samples>;
  /**
   * What has opened and ended since; nothing where `since` is undefined. `most`: how many of each are told. For some seconds after it
   * the bytes of lines are counted each second.
   */
  news(since: NewsCursor | undefined, most: number): Promise<News<ConnectionSummary>>;
  /**
   * What the rules say of a target for a client (`as`; undefined: one of this machine), and which lines are left. `more`: with what
   * a race would do, or a flow of datagrams, for which names are looked up. Nothing is tried.
   */
  testRules(target: Target, as: AskedFor | undefined, more: TestedMore | undefined): Promise<RulesTested>;
}
