// Starts requests at a steady rate, whatever their outcomes: a stalled one does not hold up those behind it, up to a bound.
import { setTimeout as sleep } from 'node:timers/promises';

/** Enough that a cell in which everything stalls ends in a reasonable time. */
const IN_FLIGHT_MAX = 256;

/** Returns the outcomes in the order in which the requests were begun. */
export async function atRate<Outcome>(
  count: number,
  perSecond: number,
  act: (index: number) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Promise<Outcome>[] = [];
  const inFlight = new Set<Promise<Outcome>>();
  const began = performance.now();
  for (let index = 0; index < count; index += 1) {
    const due_ms = began + (index * 1000) / perSecond - performance.now();
    if (due_ms > 1) await sleep(due_ms);
    if (inFlight.size >= IN_FLIGHT_MAX) await Promise.race(inFlight);
    const outcome = act(index);
    inFlight.add(outcome);
    void outcome.then(() => inFlight.delete(outcome));
    outcomes.push(outcome);
  }
  return Promise.all(outcomes);
}
