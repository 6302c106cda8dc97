// Dials one server, and lets it rest for a while where the way through proxies fails again and again. Two gateways may have
// name servers that they ask through each other, by names that the other one must look up first: each dial then begins a lookup
// over there, that a dial here, and no client has to be left for that to go on. No depth would tell: a connection to a server
// serves the questions of many. While a server rests its questions fail at once, so that a circle ends where all of them rest.
import type { Socket } from 'node:net';
import { type Bootstrap, type Destination, dial } from './dial.js';

/** The first failures in a row are tried again at once: the proxy may have been started anew. */
const PATIENCE = 2;
const REST_MS = 1000;
const REST_MAX_MS = 16_000;
/** A dial that was given up has failed if it took longer than this: most are given up because another server has answered. */
const LATE_MS = 250;

export type Dial = (signal: AbortSignal) => Promise<Socket>;

/** Dials the destination; with a rest only where a proxy is on the way. */
export function dialler(to: Destination, bootstrap: Bootstrap): Dial {
  const open: Dial = (signal) => dial(to, bootstrap, signal);
  if (to.line === undefined || to.line.isDirect) return open;
  const resting = new Resting(open, () => performance.now());
  return (signal) => resting.dial(signal);
}

export class Resting {
  readonly #open: Dial;
  readonly #now: () => number;
  /** In a row. */
  #failures = 0;
  #until = Number.NEGATIVE_INFINITY;

  /** `now` is in ms. */
  constructor(open: Dial, now: () => number) {
    this.#open = open;
    this.#now = now;
  }

  /** Rejects with the error of the dial, or at once while the server rests. */
  async dial(signal: AbortSignal): Promise<Socket> {
    const begun = this.#now();
    if (begun < this.#until) throw new Error('its last connections failed: it is tried again in some seconds');
    try {
      const socket = await this.#open(signal);
      this.#failures = 0;
      return socket;
    } catch (error) {
      if (!signal.aborted || this.#now() - begun >= LATE_MS) this.#failed();
      throw error;
    }
  }

  #failed(): void {
    this.#failures += 1;
    const times = this.#failures - PATIENCE;
    if (times >= 0) this.#until = this.#now() + Math.min(REST_MS * 2 ** times, REST_MAX_MS);
  }
}
