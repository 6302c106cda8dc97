// Requests at a steady rate that go on until they are stopped, whatever their outcomes, beside looks at what the ways have seen.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Visited } from '../../race/requests/visit.js';
import type { Ground, Totals } from './ground.js';

const LOOK_MS = 250;
/** A subject under which everything stalls is asked no more than this at a time. */
const IN_FLIGHT_MAX = 256;
const BURST_MAX = 4;

export interface Ended extends Visited {
  /** When it began. */
  readonly at: number;
}

export class Steady {
  readonly ended: Ended[] = [];
  readonly looks: Totals[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #looking: NodeJS.Timeout;
  readonly #inFlight = new Set<Promise<void>>();
  #begun = 0;

  /** `act` makes the request of that number. */
  constructor(ground: Pick<Ground, 'totals'>, perSecond: number, act: (index: number) => Promise<Visited>) {
    const began = performance.now();
    const begin = (): void => {
      const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
      // What is overdue since this process was away is left out: a burst would overload all that takes part.
      this.#begun = Math.max(this.#begun, due - BURST_MAX);
      for (; this.#begun < due; this.#begun += 1)
        if (this.#inFlight.size < IN_FLIGHT_MAX) this.#request(act, this.#begun);
    };
    this.#timer = setInterval(begin, 1000 / perSecond);
    this.looks.push(ground.totals());
    this.#looking = setInterval(() => this.looks.push(ground.totals()), LOOK_MS);
  }

  #request(act: (index: number) => Promise<Visited>, index: number): void {
    const at = performance.now();
    const request = act(index).then((visited) => {
      this.ended.push({ at, ...visited });
      this.#inFlight.delete(request);
    });
    this.#inFlight.add(request);
  }

  /** Waits until `isOver` says so of the looks, at most `most_ms`. Returns when the wait began and ended. */
  async until(most_ms: number, isOver: (looks: readonly Totals[], from: number) => boolean): Promise<Span> {
    const from = performance.now();
    while (performance.now() - from < most_ms && !isOver(this.looks, from)) await sleep(LOOK_MS);
    return { from, to: performance.now() };
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#inFlight);
    clearInterval(this.#looking);
  }
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Counts between the looks that are nearest to the ends of the span. */
export function between(looks: readonly Totals[], { from, to }: Span): Totals {
  const first = looks.findLast(({ at }) => at <= from) ?? looks[0];
  const last = looks.findLast(({ at }) => at <= to) ?? looks[0];
  const less = (of: 'dials' | 'answered'): number[] => last[of].map((count, way) => count - first[of][way]);
  return { at: last.at, dials: less('dials'), answered: less('answered') };
}

/** The requests that began in the span. */
export const begunIn = (ended: readonly Ended[], { from, to }: Span): readonly Ended[] =>
  ended.filter(({ at }) => at >= from && at < to);

/** The share of the answers that came by a way; NaN without answers. */
export function shareOf({ answered }: Totals, way: number): number {
  return answered[way] / answered.reduce((sum, count) => sum + count, 0);
}
