// What all parts of a connection actor share: its engine, clock, options, tables and counters. Only the actor and its session
// see all of it: each part declares the few members that it needs.
import type { Engine } from '../../linux/engine/engine.js';
import type { PipePool } from '../../linux/pipes.js';
import type { DeadlineWheel } from '../../protocol/deadline-wheel.js';
import type { LineHealth } from '../../protocol/lines/health/health.js';
import type { LineTimes } from '../../protocol/lines/health/times.js';
import type { Preferences } from '../../protocol/lines/preferences.js';
import type { Options } from '../../protocol/options.js';
import type { PlanRules } from '../../protocol/race/plan.js';
import type { SilentFlows } from '../../protocol/udp/silent-flows.js';
import type { RemoteLog } from '../../threads/log.js';
import type { LineCounts } from '../../threads/shared/line-counts.js';
import type { UdpLimits } from '../../threads/shared/udp-limits.js';
import type { UdpLines } from '../../threads/shared/udp-lines.js';
import type { BulkTransfers } from './bulk-transfers.js';
import type { Authenticator, UserRights } from './client/authenticator.js';
import type { Clients } from './clients.js';
import type { ConnectionEnd } from './connection-end.js';
import type { Limits } from './limits.js';
import type { MakeAttempt } from './race/attempt/attempt.js';
import type { MakeTrial } from './race/home-trial.js';
import type { ConnectionRecords } from './records/records.js';
import type { AttemptBudget } from './shared/dialling/attempt-budget.js';
import type { AttemptRoom } from './shared/dialling/attempt-room.js';
import type { Circles } from './shared/dialling/circles.js';
import type { DialLine } from './shared/dialling/dial-lines.js';
import type { Egress } from './shared/dialling/egress.js';
import type { FailureLog } from './shared/dialling/failure-log.js';
import type { Links } from './shared/dialling/links.js';
import type { LineSteering } from './shared/line-steering.js';
import type { OutcomeReports } from './shared/outcome-reports.js';
import type { BadAddresses } from './shared/replicas/bad-addresses.js';
import type { BulkSites } from './shared/replicas/bulk-sites.js';
import type { ForeignHints } from './shared/replicas/foreign-hints.js';
import type { NamesReplica } from './shared/replicas/names.js';
import type { RoutesReplica } from './shared/replicas/routes.js';
import type { RulesReplica } from './shared/replicas/rules.js';
import type { Sites } from './shared/sites.js';
import type { Trace } from './shared/trace.js';
import type { Tunnels } from './shared/tunnels.js';
import type { Tally } from './tally.js';
import type { MakeAssociation } from './udp/associate.js';
import type { QueueRoom } from './udp/flows/queue.js';
import type { FlowBook } from './udp/records/flow-book.js';
import type { UdpTally } from './udp/tally.js';

export interface Context {
  readonly engine: Engine;
  readonly options: Options;
  readonly limits: Limits;
  readonly udpLimits: UdpLimits;
  /** Judges who a client is, and knows what a user may do. */
  readonly authenticator: Authenticator & UserRights;
  /** Each at the index of its number. */
  readonly lines: readonly DialLine[];
  /** Numbers of all lines: those that a connection without a rule may use. */
  readonly allLines: readonly number[];
  /** Undefined where all lines are alike. */
  readonly preferences: Preferences | undefined;
  readonly planRules: PlanRules;
  readonly budget: AttemptBudget;
  readonly room: AttemptRoom;
  readonly health: LineHealth;
  readonly links: Links;
  readonly steering: LineSteering;
  readonly newAttempt: MakeAttempt;
  readonly newTrial: MakeTrial;
  readonly newAssociation: MakeAssociation;
  /** For lines whose first proxy is reached by TLS. */
  readonly tunnels: Tunnels;
  /** The same where there are such lines. */
  readonly tunnelEnds: Tunnels | undefined;
  readonly badAddresses: BadAddresses;
  readonly egress: Egress;
  readonly circles: Circles;
  readonly deadlines: DeadlineWheel;
  /** For deadlines that are a matter of milliseconds. While any is set, the thread wakes every few milliseconds. */
  readonly ticks: DeadlineWheel;
  readonly names: NamesReplica;
  readonly outcomes: OutcomeReports;
  readonly routes: RoutesReplica;
  /** What other gateways of the site know of destinations. */
  readonly foreignHints: ForeignHints;
  readonly rules: RulesReplica;
  readonly clients: Clients;
  readonly sites: Sites;
  readonly bulkSites: BulkSites;
  /** Undefined where there is no choice between lines. */
  readonly bulk: BulkTransfers | undefined;
  readonly pipes: PipePool;
  /** This actor's slice of the counters. */
  readonly counters: Float64Array;
  readonly lineCounts: LineCounts;
  /** What lines make of datagrams. */
  readonly udpLines: UdpLines;
  /** How long first answers to datagrams take over each line. */
  readonly udpTimes: LineTimes;
  readonly silentFlows: SilentFlows;
  readonly tally: Tally;
  readonly log: RemoteLog;
  readonly failures: FailureLog;
  /** Of all live connections, and of those that ended last. */
  readonly records: ConnectionRecords;
  readonly ends: ConnectionEnd;
  readonly udpTally: UdpTally;
  /** What datagrams that wait take. */
  readonly udpQueues: QueueRoom;
  /** Of flows of datagrams. */
  readonly flowBook: FlowBook;
  /** Undefined unless the log has level trace. */
  readonly trace: Trace | undefined;
  /** Whether the log has level debug: then every destination is listened to for its first byte. */
  readonly isDebugging: boolean;
}
