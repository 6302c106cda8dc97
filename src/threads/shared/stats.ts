// The counters of all connection actors together. It reads them where the actors write them, so that no actor is asked.
import { Counter, type Counters } from './counters.js';
import type { ListenerArrivals } from './gateway-counts.js';

/** The sums of the counters of all connection actors, since the start. */
export type Stats = Readonly<Record<keyof typeof Counter, number>>;

export interface ListenerCounts extends ListenerArrivals {
  readonly name: string;
}

/** `actors`: how many write counters. */
export function statsOf(counters: Pick<Counters, 'read'>, actors: number): Stats {
  const sum = (counter: Counter): number => {
    let total = 0;
    for (let actor = 0; actor < actors; actor += 1) total += counters.read(actor, counter);
    return total;
  };
  return Object.fromEntries(Object.entries(Counter).map(([name, counter]) => [name, sum(counter)])) as Stats;
}
