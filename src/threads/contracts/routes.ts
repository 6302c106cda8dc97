// The contract of the route actor: one interface for each caller, called through comlink over a MessagePort. Types only.
import type { LineEvent } from '../../protocol/lines/health/health.js';
import type { Options } from '../../protocol/options.js';
import type { RouteEvent } from '../../protocol/routes/route-event.js';
import type { RouteState } from '../../protocol/routes/state.js';
import type { Pin, Steering } from '../../protocol/steering/steering.js';
import type { LineLink } from '../../protocol/uplinks/line-link.js';

/** What a connection actor has seen of a destination; `destination` is its key in the route table. */
export interface RouteReport {
  readonly destination: string;
  readonly event: RouteEvent;
}

/** Served by the route actor, called by connection actors. The route actor joins what they all have learned. */
export interface RoutesActor {
  /** Events that the connection actor with the number `actor` has seen, in order. */
  report(actor: number, routes: readonly RouteReport[], lines: readonly LineEvent[]): Promise<void>;
}

/** Served by the route actor, called by main. */
export interface RoutesControl {
  /**
   * Serves `RoutesActor` on `reports`, and calls `RouteSubscriber` over `pushes`, for the connection actor with the number
   * `actor`. The whole table is pushed first. The ports of an earlier actor with the same number are closed.
   */
  connect(actor: number, reports: unknown, pushes: unknown): Promise<void>;
  /** `port`: to an admin actor that was started or restarted; serves `RoutesAdmin` there. */
  connectAdmin(port: unknown): Promise<void>;
  /**
   * Takes over the lines, the bounds, the state file and the level of the log. What is remembered of lines that stay is kept as far
   * as there is room, and joined with what another state file has. `readOnly`: another process writes the state file. Resolves
   * when an earlier one is no longer written.
   */
  configure(options: Pick<Options, 'lines' | 'budgets' | 'cache' | 'log_level'>, readOnly: boolean): Promise<void>;
  /** Tells it, and all connection actors, of lines. */
  tellLines(lines: readonly LineEvent[]): Promise<void>;
  /**
   * The pins of destinations that its state file has, or what was left; resolves once that is read. They are written again until
   * `setSteering` follows.
   */
  takePins(): Promise<readonly Pin[]>;
  /** What an operator has set by hand of lines: pins of destinations are written to the state file. */
  setSteering(steering: Steering): Promise<void>;
  /** The state of all links; see protocol/uplinks. */
  setLinks(links: readonly LineLink[]): Promise<void>;
  /** Writes all routes to the file at a path, in the form of the state file, for another process. */
  snapshot(path: string): Promise<void>;
  /** Resolves once the connection actors know what the state file had, and what there was to start from. */
  settled(): Promise<void>;
  /** Another process writes the state file from now on. */
  retire(): Promise<void>;
  /** Writes the state file now; so does `stop`. */
  save(): Promise<void>;
  /** Closes every port and timer; the actor's task then settles. */
  stop(): Promise<void>;
}

/** A connection actor's replica of the routes and of the state of lines. */
export interface RouteSubscriber {
  /**
   * `sites`: the names of sites of destinations that these routes are of, or that the actor has reported itself. `forgotten`:
   * destinations of which nothing is remembered any more.
   */
  routesChanged(
    routes: readonly RouteState[],
    lines: readonly LineEvent[],
    sites?: readonly string[],
    forgotten?: readonly string[],
  ): Promise<void>;
  /** Reports at once what waits. Resolves once the route actor has taken all that was reported. */
  reportNow(): Promise<void>;
}
