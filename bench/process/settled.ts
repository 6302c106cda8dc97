// Reads a measure again and again until it stays the same: what a load leaves behind is given back with a delay.
import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  readonly look_ms: number;
  /** Looks in a row that must find the value unchanged. */
  readonly looks: number;
  /** After that many looks the value is taken as it is. */
  readonly looksMax: number;
}

/** Returns the last value that was read. `isSame` says whether the value is unchanged between two looks. */
export async function settled<Reading>(
  read: () => Reading,
  isSame: (last: Reading, now: Reading) => boolean,
  { look_ms, looks: enough, looksMax }: Patience,
): Promise<Reading> {
  let last = read();
  for (let looks = 0, quiet = 0; looks < looksMax && quiet < enough; looks += 1) {
    await sleep(look_ms);
    const now = read();
    quiet = isSame(last, now) ? quiet + 1 : 0;
    last = now;
  }
  return last;
}
