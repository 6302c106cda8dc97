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
  #all: readonly Route[] = [];

  constructor(owner: FlowOwner) {
    this.#owner = owner;
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
