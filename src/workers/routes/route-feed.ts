// Pushes changed routes and lines to one connection actor: keeps which of them it does not know yet, and the one push that is
// under way. The state of a route is looked up when it is sent: one without a state has been forgotten. It decides nothing.
import type { MessagePort } from 'node:worker_threads';
import type { LineEvent } from '../../protocol/lines/health/health.js';
import type { RouteState } from '../../protocol/routes/state.js';
import type { RouteSubscriber } from '../../threads/contracts/routes.js';
import { call, type Remote } from '../../threads/port.js';

/** Routes in one message: some 100 KB, handled in a few milliseconds. */
const PUSH_MAX = 500;
/** Events of lines that wait at most; the oldest is dropped. */
const LINE_EVENTS_MAX = 1024;
/** Names of sites that wait at most; further ones are dropped, and met again with the next destination. */
const SITES_MAX = 1024;

export class RouteFeed {
  readonly #remote: Remote<RouteSubscriber>;
  readonly #stateOf: (destination: string) => RouteState | undefined;
  /** Destinations to be pushed, the one that has waited longest first. */
  readonly #waiting = new Set<string>();
  /** Above this the destination waiting longest is dropped: a replica that lags so far learns by its own connections. */
  readonly #waiting_max: () => number;
  #lines: LineEvent[] = [];
  #sites = new Set<string>();
  readonly #siteOf: (destination: string) => string | undefined;
  #pushing = false;
  /** Resolves once all that waits has been pushed, and answered. */
  told: Promise<void> = Promise.resolve();

  constructor(
    pushes: MessagePort,
    waiting_max: () => number,
    stateOf: (destination: string) => RouteState | undefined,
    siteOf: (destination: string) => string | undefined = () => undefined,
  ) {
    this.#remote = call<RouteSubscriber>(pushes);
    this.#waiting_max = waiting_max;
    this.#stateOf = stateOf;
    this.#siteOf = siteOf;
  }

  /** Queues changed destinations, events of lines, and sites of destinations that the actor has reported itself, and begins to push if no push is under way. */
  tell(destinations: Iterable<string>, lines: readonly LineEvent[], sites: readonly string[] = []): void {
    for (const destination of destinations) {
      this.#waiting.delete(destination);
      this.#waiting.add(destination);
      if (this.#waiting.size > this.#waiting_max()) this.#dropOldest();
    }
    this.#lines = [...this.#lines, ...lines].slice(-LINE_EVENTS_MAX);
    for (const site of sites) if (this.#sites.size < SITES_MAX) this.#sites.add(site);
    if (!this.#pushing) this.told = this.#push();
  }

  /** Resolves once the actor has reported all that it has learned by now; a dead one never does. */
  reported(): Promise<void> {
    return this.#remote.reportNow();
  }

  /** Sends one message at a time. A dead actor never answers its message, so nothing more is sent to it. */
  async #push(): Promise<void> {
    this.#pushing = true;
    while (this.#waiting.size > 0 || this.#lines.length > 0 || this.#sites.size > 0) {
      const routes: RouteState[] = [];
      const forgotten: string[] = [];
      for (const destination of this.#waiting) {
        this.#waiting.delete(destination);
        const state = this.#stateOf(destination);
        const site = this.#siteOf(destination);
        if (site !== undefined) this.#sites.add(site);
        if (state === undefined) forgotten.push(destination);
        else routes.push(state);
        if (routes.length + forgotten.length >= PUSH_MAX) break;
      }
      const lines = this.#lines;
      this.#lines = [];
      const sites = [...this.#sites];
      this.#sites.clear();
      await this.#remote.routesChanged(routes, lines, sites, forgotten).catch(() => {});
    }
    this.#pushing = false;
  }

  #dropOldest(): void {
    for (const oldest of this.#waiting) {
      this.#waiting.delete(oldest);
      return;
    }
  }
}
