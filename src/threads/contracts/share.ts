// The contract of the share actor, which shares with other gateways of the site: what main asks of it, and the messages between it
// and the connection actors. Types only. To the DNS and the route actor it is one more connection actor.
import type { Options } from '../../protocol/options.js';

/** The number of the share actor among those that report to the route actor. */
export const SHARE_ACTOR = -1;

/** Served by the share actor, called by main. */
export interface ShareControl {
  /** Takes over the options; another engine, site or secret means another connection. */
  configure(options: Options): Promise<void>;
  /** `port`: to a connection actor that was started or restarted, for `HintsAsked` and `HintsTold`. */
  connectConnections(actor: number, port: unknown): Promise<void>;
  /** `port`: to a DNS actor that was started or restarted; `NamesActor` is served at its other end. */
  connectNames(port: unknown): Promise<void>;
  /**
   * Ports to a route actor that was started or restarted. `RoutesActor` is served at the other end of `reports`; the share actor
   * serves `RouteSubscriber` on `pushes`.
   */
  connectRoutes(reports: unknown, pushes: unknown): Promise<void>;
  /** All users, with their own limits; none where none are configured. Wanted where limits hold for the site. */
  setUsers(users: readonly LimitedUser[]): Promise<void>;
  /** Adds to the sums of the site. Undefined where the engine has not answered, or limits are not shared; within seconds. */
  askBudgets(own: readonly OwnUse[]): Promise<readonly OthersUse[] | undefined>;
  /** `port`: to an admin actor that was started or restarted; serves `ShareAdmin` there. */
  connectAdmin(port: unknown): Promise<void>;
  /** Leaves the engine, and closes every port; the actor's task then settles. */
  stop(): Promise<void>;
}

export interface LimitedUser {
  readonly name: string;
  /** Undefined: that of all users. */
  readonly connections_max: number | undefined;
}

/** What this gateway has carried of a budget in its month. */
export interface OwnUse {
  /** `lines` or `user`, a blank and the name. */
  readonly budget: string;
  /** The first day of the month. */
  readonly begins: string;
  readonly bytes: number;
}

/** What the other gateways of the site have. */
export interface OthersUse {
  readonly budget: string;
  readonly bytes: number;
}

/** A plain message of a connection actor: the keys of destinations (destination-key.ts) that it meets for the first time. */
export type HintsAsked = readonly string[];

/** What another gateway knows of a destination: an order for the candidates that this gateway has by itself, and no more. */
export interface ForeignHint {
  readonly destination: string;
  /** The line that works there, by its number in this gateway. */
  readonly line: number;
  /** The address that works there; of use only if this gateway's own answer has it. */
  readonly ip: Uint8Array | undefined;
  readonly connect_ms: number;
  readonly first_byte_ms: number;
  /** Lines that connected there without an answer. */
  readonly mute: readonly number[];
  /** The name of that gateway. */
  readonly from: string;
  readonly age_ms: number;
}

/** A plain message of the share actor: what it has found of those that were asked for. */
export type HintsTold = readonly ForeignHint[];
