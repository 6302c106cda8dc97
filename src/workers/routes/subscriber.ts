// One connection actor that is told of changed routes: what it does not know yet, and the one push that is under way.
// Of several changes to a destination it gets the last. It decides no route.
import type { MessagePort } from 'node:worker_threads';
import type { RouteChange, RouteSubscriber } from '../../protocol/messages.js';
import { call, type Remote } from '../../threads/port.js';

/** Changes in one message: some 100 KB of text, handled in about a millisecond. */
const PUSH_MAX = 1000;

export class Subscriber {
  readonly #remote: Remote<RouteSubscriber>;
  /** By destination, the one that waits longest first. */
  readonly #waiting = new Map<string, RouteChange>();
  /** Above it the change that waits longest is dropped: a replica that lags so far learns from its own connections. */
  readonly #waiting_max: number;
  #pushing = false;

  constructor(pushes: MessagePort, waiting_max: number) {
    this.#remote = call<RouteSubscriber>(pushes);
    this.#waiting_max = waiting_max;
  }

  tell(changes: Iterable<RouteChange>): void {
    for (const change of changes) {
      this.#waiting.delete(change.destination);
      this.#waiting.set(change.destination, change);
      if (this.#waiting.size > this.#waiting_max) this.#dropOldest();
    }
    if (!this.#pushing) void this.#push();
  }

  /** One message at a time. One to an actor that has died is never answered, and nothing more is sent. */
  async #push(): Promise<void> {
    this.#pushing = true;
    while (this.#waiting.size > 0) {
      const changes: RouteChange[] = [];
      for (const change of this.#waiting.values()) {
        if (changes.push(change) >= PUSH_MAX) break;
      }
      for (const { destination } of changes) this.#waiting.delete(destination);
      await this.#remote.routesChanged(changes).catch(() => {});
    }
    this.#pushing = false;
  }

  #dropOldest(): void {
    for (const oldest of this.#waiting.keys()) {
      this.#waiting.delete(oldest);
      return;
    }
  }
}
