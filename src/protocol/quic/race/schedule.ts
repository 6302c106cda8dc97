// When a race of QUIC would start each of its lines if none of them ever answered: for explain.
import { QuicRace, type Runner } from './race.js';

export interface ScheduledStart {
  readonly line: number;
  /** After the client's first flight, in ms. */
  readonly at_ms: number;
}

/** `most`: lines that may be sent the same flight. Lines behind those have no turn. Ways that are closed take all their time to open. */
export function scheduleOf(runners: readonly Runner[], most: number): readonly ScheduledStart[] {
  const race = new QuicRace(most, 0);
  for (const runner of runners) race.offer(runner);
  race.allOffered(0);
  const starts: ScheduledStart[] = [];
  for (let now: number | undefined = 0; now !== undefined; now = race.wakeAt()) {
    for (let entrant = race.take(now); entrant !== undefined; entrant = race.take(now)) {
      starts.push({ line: entrant.line, at_ms: now });
    }
  }
  return starts;
}
