// The running gateway, as its process sees it, and what a start comes to. Types only.
import type { BudgetState } from '../../protocol/budget/budget.js';
import type { Uses } from '../../protocol/budget/usage.js';
import type { ListenPlace } from '../../protocol/listen-options.js';
import type { Configuration, LogLevel, Options } from '../../protocol/options.js';
import type { NamedChange, Steer } from '../../protocol/steering/named.js';
import type { AllBudgets, GatewayAdmin } from '../../threads/contracts/admin/gateway.js';
import type { GatewayStatus } from '../../threads/contracts/admin/status.js';
import type { ConnectionActor } from '../../threads/contracts/connection.js';
import type { NamesControl } from '../../threads/contracts/dns.js';
import type { Remote } from '../../threads/port.js';
import type { GatewayCounts } from '../../threads/shared/gateway-counts.js';
import type { ListenerCounts, Stats } from '../../threads/shared/stats.js';
import type { UdpTotals } from '../../threads/shared/udp-counts.js';
import type { Address } from '../accept/listen.js';
import type { ListeningSocket } from '../accept/listening-socket.js';
import type { ShownBudget } from '../budgets/shown.js';
import type { ConnectionRecords } from '../observe/connection-records.js';
import type { Done, Failed } from '../process/done.js';
import type { AccessSink } from '../process/log.js';
import type { PassedFds } from '../process/passed-fds.js';
import type { Estate } from '../upgrade/estate.js';
import type { Ended } from './ended.js';

export interface Gateway {
  /** The address of the first listener that is no Unix socket; of port 0 where all are. */
  readonly address: Address;
  /** Where it listens, for people. Both change with a reload. */
  readonly listensOn: readonly string[];
  /** The names of the actors that are being started again. */
  readonly notServing: readonly string[];
  /** Resolves, with the reason, only if the gateway can no longer accept clients; it must then be closed. */
  readonly broken: Promise<string>;
  stats(): Stats;
  /** What was done with datagrams. */
  udp(): UdpTotals;
  /** What all actors work by, with what was computed. */
  options(): Options;
  /** Has everything log at that level until another configuration is published. */
  setLogLevel(level: LogLevel): Promise<void>;
  /** `isDraining`: whether it takes no new clients. */
  status(isDraining: boolean): Promise<GatewayStatus>;
  listenerCounts(): readonly ListenerCounts[];
  /**
   * Has all later connections be made by this configuration; live ones go on as they began. If it fails, nothing has changed.
   * Calls follow one another.
   */
  publish(next: Configuration): Promise<Done>;
  /** Has lines of the access log go there from now on; undefined: there is none. Resolves when no more come for the one before. */
  setAccess(access: AccessSink | undefined): Promise<void>;
  /** What another process needs to go on in the place of this one. Its files in memory are the caller's. */
  estate(): Promise<Omit<Estate, 'control'>>;
  /**
   * Another process has the estate and accepts clients: resolves once this one accepts and writes no more. Clients that it has
   * accepted are served, and those in the backlogs of sockets that are `closed`: of places where nobody is to listen any more.
   */
  retire(closed: readonly ListenPlace[]): Promise<void>;
  /** The process that has left its place for looking at the gateway serves there no more. */
  takeOverAdmin(): void;
  /** Has `pass` hear what lines and users carry from now on. To be called after `retire`. */
  passUses(pass: (uses: Uses) => void): void;
  /** The process that has left its estate goes on with its connections: lines and users have carried these. */
  addUses(uses: Uses): void;
  /** How much of each budget is used. */
  budgets(): readonly ShownBudget[];
  budgetStates(): readonly BudgetState[];
  /** See `GatewayAdmin`. */
  allBudgets(user: string | undefined, users_max: number): AllBudgets;
  /** Resolves once the connection actors know what the state file of routes had, and what there was to start from. */
  routesKnown(): Promise<void>;
  /** What an operator sets of lines. Resolves once all actors know. */
  steer(what: NamedChange): Promise<Steer>;
  /** The process that accepted at the same sockets does so no more: looks whether clients wait there. */
  lookAgain(): void;
  /** Has a `close` that is under way end within `drain_timeout_ms`. */
  hasten(drain_timeout_ms: number): void;
  /** Stops accepting, lets connections finish for at most `drain_timeout_ms`, and ends all actors. */
  close(drain_timeout_ms: number): Promise<Ended>;
  /** Stops accepting and resets all connections, for a process that is about to end. Returns how many were open. */
  breakOff(): number;
  /** Resolves within `timeout_ms` with the names of the actors that have made no turn since the last call. */
  silent(timeout_ms: number): Promise<readonly string[]>;
  /** What is on record of live connections, and of those that ended last. */
  records(): Promise<ConnectionRecords>;
  /** The contract of the DNS actor; undefined while it is being restarted. */
  names(): Remote<NamesControl> | undefined;
  /** The contracts of the connection actors; undefined for one that is being restarted. */
  actors(): readonly (Remote<ConnectionActor> | undefined)[];
}

export type Started = { readonly code: 'started'; readonly gateway: Gateway } | Failed;

export interface Surroundings {
  /** Hears of the listening sockets, for a process that ends before it accepts clients. */
  readonly bound?: (listening: readonly ListeningSocket[]) => void;
  /** Sockets that a service manager has bound. */
  readonly passed?: PassedFds;
  /** Undefined for no access log. */
  readonly access?: AccessSink | undefined;
  /** Of the process whose place this one takes. */
  readonly left?: Estate | undefined;
  /** Where the gateway is counted as a whole; absent: nowhere else. */
  readonly counts?: GatewayCounts;
  /** What the admin actor may ask; undefined: there is none, whatever the options say. */
  readonly admin?: GatewayAdmin | undefined;
}
