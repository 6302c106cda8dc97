// What the route actor says and is told, called through comlink over a MessagePort. Types only.
import type { LineEvent } from '../../protocol/lines/health.js';
import type { RouteEvent } from '../../protocol/routes/destination-memory.js';
import type { RouteState } from '../../protocol/routes/state.js';

/** What a connection actor has seen of a destination; `destination` is the key of its memory. */
export interface RouteReport {
  readonly destination: string;
  readonly event: RouteEvent;
}

/** The route actor: the one place where what every connection actor learned comes together. */
export interface RoutesActor {
  /** What one connection actor (its id) has seen, in order. */
  report(actor: number, routes: readonly RouteReport[], lines: readonly LineEvent[]): Promise<void>;
}

/** What main says to the route actor. */
export interface RoutesControl {
  /**
   * Serves `RoutesActor` on one more port, and pushes to `RouteSubscriber` on the other, for connection actor `actor`
   * (a restarted actor of the same id replaces the old ports); the whole table is pushed first.
   */
  connect(actor: number, reports: unknown, pushes: unknown): Promise<void>;
  /** Writes down now what is to outlive the process; so does `stop`. */
  save(): Promise<void>;
  stop(): Promise<void>;
}

/** A connection actor's replica of the routes. */
export interface RouteSubscriber {
  routesChanged(routes: readonly RouteState[], lines: readonly LineEvent[]): Promise<void>;
}
