// What hedging costs where nothing is wrong: dials for each connection to remembered destinations. The ways count the dials,
// not the gateway. First contacts, which race by design, are counted apart.

import { sampleOf } from './cells/sample.js';
import { type Course, FRESH } from './course.js';

const DESTINATIONS = 200;
/** Dials for each connection. */
export const AMPLIFICATION_MAX = 1.2;

export interface Amplification {
  readonly first: { readonly connections: number; readonly dials: number };
  readonly remembered: { readonly connections: number; readonly dials: number };
  readonly failed: number;
}

export async function amplification(course: Course, connections: number): Promise<Amplification> {
  const destinations = Math.min(DESTINATIONS, connections);
  return course.running(course.order, async (entry) => {
    await course.warmUp(entry);
    const run = async (count: number) => {
      const { visits, dials } = await course.measure(entry, 'hello', FRESH, count, destinations);
      return { connections: count, dials, failed: count - sampleOf(visits).succeeded };
    };
    const first = await run(destinations);
    const remembered = await run(connections);
    return { first, remembered, failed: first.failed + remembered.failed };
  });
}
