// What main asks of a connection actor, called through comlink over a MessagePort. Types only.
import type { Target } from '../../protocol/address/target.js';
import type { AccessForm } from '../../protocol/log-options.js';
import type { Silent, SilentPage, Wanted } from '../../protocol/quiet/room.js';
import type { Outlook } from '../../protocol/race/outlook/outlook.js';
import type { ConnectionRecord } from '../../protocol/race/record.js';
import type { RuleTables } from '../../protocol/rules/compile.js';
import type { Ruling } from '../../protocol/rules/rule.js';
import type { Steering } from '../../protocol/steering/steering.js';
import type { FlowOutlook } from '../../protocol/udp/flow-outlook.js';
import type { LineLink } from '../../protocol/uplinks/line-link.js';
import type { Client } from '../../protocol/users/client.js';
import type { KnownUser } from '../../protocol/users/user-entry.js';
import type { Generation } from './start.js';

/** The last connection of an actor that failed, with the fields of its log record. */
export interface LastFailure {
  readonly age_ms: number;
  readonly what: {
    readonly cause: string;
    readonly detail: string | undefined;
    readonly target: string;
    readonly line?: string;
    readonly address?: string;
    readonly source?: string;
    readonly interface?: string;
    readonly mark?: number;
  };
}

/** Some records of an actor, in no order; `next` is where to ask on, undefined at the end. */
export interface RecordsPage {
  readonly records: readonly ConnectionRecord[];
  readonly next: number | undefined;
}

/** What the rules say of a target and a client. Rules are given by their places in the configuration. */
export interface Ruled {
  /** The rule that is for them, and what it says; absent where none is. */
  readonly rule?: number;
  readonly ruling?: Ruling;
  /** The rules before it that are for the target, but for other clients. */
  readonly passedOver: readonly number[];
}

/** For whom an outlook is asked, by names. What is undefined is as for a client of this machine. */
export interface AskedFor {
  /** An address, or `unix`. */
  readonly ip?: string | undefined;
  readonly user?: string | undefined;
  readonly tag?: string | undefined;
  readonly listener?: string | undefined;
  /** The lines that it may use; undefined for all. */
  readonly lines?: readonly string[] | undefined;
}

/** Served by each connection actor, called by main. */
export interface ConnectionActor {
  /** Resolves once the actor has its engine and serves. `why`: why the engine is not io_uring, when main asked for that. */
  ready(): Promise<{ readonly engine: 'uring' | 'epoll'; readonly why: string | undefined }>;
  /** Sends all unsent reports to the DNS and the route actor now. */
  report(): Promise<void>;
  /** Stops after the last connection has ended, at the latest after `timeout_ms`; the actor's task then settles. */
  drain(timeout_ms: number): Promise<void>;
  /**
   * `port`: to a DNS actor that was started or restarted; `NamesActor` is served at its other end. `areOutdated`: the answers of the
   * one before it do not hold any more, since it had other servers or hosts.
   */
  connectNames(port: unknown, areOutdated: boolean): Promise<void>;
  /**
   * Ports to a route actor that was started or restarted. `RoutesActor` is served at the other end of `reports`; the
   * connection actor serves `RouteSubscriber` on `pushes`.
   */
  connectRoutes(reports: unknown, pushes: unknown): Promise<void>;
  /** `port`: to a TLS actor that was started or restarted, for orders (contracts/tls.ts). */
  connectTls(port: unknown): Promise<void>;
  /** `port`: to a share actor that was started or restarted, for questions and hints (contracts/share.ts). */
  connectShare(port: unknown): Promise<void>;
  /** `port`: to an admin actor that was started or restarted; serves `ConnectionsAdmin` there. */
  connectAdmin(port: unknown): Promise<void>;
  /** What an operator has set by hand of lines, for all later connections. */
  setSteering(steering: Steering): Promise<void>;
  /** The state of all links; see protocol/uplinks. */
  setLinks(links: readonly LineLink[]): Promise<void>;
  /** All later connections have this generation. */
  publish(generation: Generation): Promise<void>;
  /** Sets the rules, in shared memory, for all later connections. */
  setRules(tables: RuleTables): Promise<void>;
  /** Sets the users for all later claims. Called only where users are configured. */
  setUsers(users: readonly KnownUser[]): Promise<void>;
  /** `port`: `UsersJudge` is served at its other end; also where no users are configured yet. */
  connectJudge(port: unknown): Promise<void>;
  /** The last connection that failed; undefined when none has. */
  lastFailure(): Promise<LastFailure | undefined>;
  /**
   * From now on every client is taken for this one, who may use these lines (undefined: all): `tcproute explain` asks what would
   * happen to another client.
   */
  takeAllFor(client: Client, lines: readonly number[] | undefined): Promise<void>;
  /** `port`: for lines of the access log in that form, from the next one on; undefined: none are made. */
  connectAccess(port: unknown, form: AccessForm | undefined): Promise<void>;
  /** Which rule is for a target and that client (for one on loopback, if there is none); it knows no name's addresses. */
  ruled(target: Target): Promise<Ruled>;
  /**
   * What a race to the target would do now for that client, and why; undefined where none would begin. Starts no attempt. `as`: for
   * that one instead.
   */
  outlook(target: Target, as?: AskedFor): Promise<Outlook | undefined>;
  /** What a flow of datagrams to the target would do now for that client, and why. Sends nothing. For `as` see `outlook`. */
  flowOutlook(target: Target, as?: AskedFor): Promise<FlowOutlook>;
  /** Numbers of the listeners of its connections, and of the clients in its queue. */
  listenersInUse(): Promise<readonly number[]>;
  /** Records of live connections and of those that ended last, from a place on (0: the beginning). */
  records(from: number): Promise<RecordsPage>;
  /** Some of its silent connections, from a place on (0: the beginning). */
  silent(from: number, wanted: Wanted): Promise<SilentPage>;
  /** Has the peers of those that have not moved since probed at once. Returns how many they were. */
  probeSilent(connections: readonly Silent[]): Promise<number>;
  /** Ends those that have not moved since. Returns how many they were. */
  endSilent(connections: readonly Silent[]): Promise<number>;
}
