// Finds out when a request goes in a circle: gateways whose lines lead to each other tell each other how many of them it has
// passed. Attempts say so once too many of a line for one destination have no outcome (crowds.ts), and for a minute after any
// request that said so: then a circle costs as many connections as DEPTH_MAX. Where a proxy between the gateways drops the
// number, only the bound of a crowd is left.
import { DEPTH_MAX } from '../../../../protocol/gateway-depth.js';
import type { Crowd } from './crowds.js';

/** More attempts of a crowd than this without an outcome are suspicious. */
const CROWD_SUSPICIOUS = 8;
const SUSPECTED_MS = 60_000;

export class Circles {
  #until = Number.NEGATIVE_INFINITY;

  /** Whether a request that has passed `depth` gateways may go on. `now` in ms of the engine's clock. */
  mayGoOn(depth: number, now: number): boolean {
    if (depth > 0) this.#until = now + SUSPECTED_MS;
    return depth < DEPTH_MAX;
  }

  /** What an attempt tells its proxies for a request that has passed `depth` gateways: one more; 0 for nothing. */
  depthToTell(depth: number, crowd: Pick<Crowd, 'hopeless'> | undefined, now: number): number {
    const isSuspicious = crowd !== undefined && crowd.hopeless > CROWD_SUSPICIOUS;
    return depth > 0 || isSuspicious || now < this.#until ? depth + 1 : 0;
  }
}
