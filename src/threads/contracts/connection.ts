// What a connection actor says and is told by main, called through comlink over a MessagePort. Types only.
import type { RuleTables } from '../../protocol/rules/compile.js';

/** A connection that failed, as a log record has it. */
export interface LastFailure {
  readonly age_ms: number;
  readonly what: {
    readonly cause: string;
    readonly detail: string | undefined;
    readonly target: string;
    readonly line?: string;
    readonly address?: string;
    readonly source?: string;
  };
}

/** A connection actor as main sees it. */
export interface ConnectionActor {
  /** Settles once the actor has its engine and serves; says which engine it is and why not io_uring. */
  ready(): Promise<{ readonly engine: 'uring' | 'epoll'; readonly why: string | undefined }>;
  /** Tells the DNS and the route actor at once what has been learned and not told yet. */
  report(): Promise<void>;
  /** Stop after the last connection has ended, at the latest after `timeout_ms`; the actor's task then settles. */
  drain(timeout_ms: number): Promise<void>;
  /** A fresh port to a (re)started DNS actor, serving `NamesActor`. */
  connectNames(port: unknown): Promise<void>;
  /** Fresh ports to a (re)started route actor: one to report on, one on which to serve `RouteSubscriber`. */
  connectRoutes(reports: unknown, pushes: unknown): Promise<void>;
  /** New rules, in shared memory, for the connections to come. */
  setRules(tables: RuleTables): Promise<void>;
  /** What the last connection failed by that failed; undefined where none has. */
  lastFailure(): Promise<LastFailure | undefined>;
}
