// The routes of one flow over which answers may come: that which carries it, and while nothing has come back those that were
// tried before.
import type { Failure } from '../../../../protocol/race/failure.js';
import type { FlowCandidate } from '../choice/choice.js';
import type { Way } from '../ways/way.js';
import type { FlowOwner } from './flow-parts.js';
import type { PeeredFlow } from './peer.js';
import type { Route } from './route.js';

export class Routes {
  readonly #owner: FlowOwner;
  #candidates: readonly FlowCandidate[] = [];
  /** The candidate that is next. */
  #place = 0;
  #all: readonly Route[] = [];

  constructor(owner: FlowOwner) {
    this.#owner = owner;
  }

  /** Candidates behind those that were offered before. */
  offer(candidates: readonly FlowCandidate[]): void {
    this.#candidates = [...this.#candidates, ...candidates];
  }

  get areSeveral(): boolean {
    return this.#candidates.length > 1;
  }

  /** A route over the first of the further candidates that `open` can open. */
  next(open: (candidate: FlowCandidate) => Route | Failure): Route | undefined {
    while (this.#place < this.#candidates.length) {
      const route = open(this.#candidates[this.#place]);
      this.#place += 1;
      if (!('code' in route)) return route;
    }
    return undefined;
  }

  open(flow: PeeredFlow, candidate: FlowCandidate): Route | Failure {
    const route = this.#owner.open(flow, candidate);
    if (!('code' in route)) this.#all = [...this.#all, route];
    return route;
  }

  get first(): Route | undefined {
    return this.#all[0];
  }

  over(way: Way): readonly Route[] {
    return this.#all.filter((route) => route.way === way);
  }

  /** Returns whether it was there. */
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
