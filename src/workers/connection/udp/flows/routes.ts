// The routes of one flow over which answers may come: that which carries it, and while nothing has come back those that were
// tried before. Candidates have their turns here; when it is time for the next one, the flow decides.
import { type Failure, mostTelling } from '../../../../protocol/race/failure.js';
import type { FlowCandidate, FlowChoice } from '../choice/choice.js';
import type { Way } from '../ways/way.js';
import type { FlowOwner } from './flow-parts.js';
import type { PeeredFlow } from './peer.js';
import type { Route } from './route.js';

/** A flow that tells its choice which candidates cannot be opened. */
interface RoutedFlow extends PeeredFlow {
  readonly choice: Pick<FlowChoice, 'failed'>;
}

export class Routes {
  readonly #owner: Pick<FlowOwner, 'open' | 'close'>;
  readonly #flow: RoutedFlow;
  #candidates: readonly FlowCandidate[] = [];
  /** The candidate that is next. */
  #place = 0;
  #all: readonly Route[] = [];
  #failure: Failure | undefined;

  constructor(owner: Pick<FlowOwner, 'open' | 'close'>, flow: RoutedFlow) {
    this.#owner = owner;
    this.#flow = flow;
  }

  /** The failure that tells most of why no candidate carries the flow; undefined if none has failed. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** What carried it does so no longer. */
  fails(failure: Failure): void {
    this.#failure = mostTelling(this.#failure, failure);
  }

  /** Candidates behind those that were offered before. */
  offer(candidates: readonly FlowCandidate[]): void {
    this.#candidates = [...this.#candidates, ...candidates];
  }

  get areSeveral(): boolean {
    return this.#candidates.length > 1;
  }

  /** A route over the first of the further candidates that can be opened. */
  next(): Route | undefined {
    while (this.#place < this.#candidates.length) {
      const route = this.open(this.#candidates[this.#place]);
      this.#place += 1;
      if (!('code' in route)) return route;
    }
    return undefined;
  }

  open(candidate: FlowCandidate): Route | Failure {
    const route = this.#owner.open(this.#flow, candidate);
    if ('code' in route) {
      this.#flow.choice.failed(candidate, route);
      this.fails(route);
    } else this.#all = [...this.#all, route];
    return route;
  }

  /** That was opened first, of those that are there. */
  get first(): Route | undefined {
    return this.#all[0];
  }

  over(way: Way): readonly Route[] {
    return this.#all.filter((route) => route.way === way);
  }

  /** Returns whether the route was there. */
  close(route: Route): boolean {
    if (!this.#all.includes(route)) return false;
    this.#all = this.#all.filter((one) => one !== route);
    this.#owner.close(route);
    return true;
  }

  closeAll(but?: Route): void {
    for (const route of this.#all) if (route !== but) this.close(route);
  }
}
