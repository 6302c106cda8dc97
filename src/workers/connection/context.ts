// What everything in a connection actor shares: its engine, clock, options, tables and counters.
import type { Engine } from '../../linux/engine.js';
import type { PipePool } from '../../linux/pipes.js';
import type { DeadlineWheel } from '../../protocol/deadline-wheel.js';
import type { Options } from '../../protocol/options.js';
import type { RemoteLog } from '../../threads/log.js';
import type { BadAddresses } from './bad-addresses.js';
import type { FailureLog } from './failure-log.js';
import type { DialLine } from './line-table.js';
import type { NamesReplica } from './names-replica.js';
import type { OutcomeReports } from './outcome-reports.js';
import type { RoutesReplica } from './routes-replica.js';
import type { RuleBook } from './rule-book.js';

export interface Context {
  readonly engine: Engine;
  readonly options: Options;
  readonly lines: readonly DialLine[];
  readonly badAddresses: BadAddresses;
  readonly deadlines: DeadlineWheel;
  readonly names: NamesReplica;
  readonly outcomes: OutcomeReports;
  readonly routes: RoutesReplica;
  readonly rules: RuleBook;
  readonly pipes: PipePool;
  /** This actor's slice of the counters. */
  readonly counters: Float64Array;
  readonly log: RemoteLog;
  readonly failures: FailureLog;
  /** A connection has ended. */
  ended(): void;
}
