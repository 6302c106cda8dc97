// The ways in which an actor can be told to go wrong, so that tests see what the supervision makes of it.
import type { Fault } from '../../threads/contracts/connection.js';

/** Half a MiB leaks so often, though nothing else happens: far less between two looks at the heap than it leaves free. */
export const LEAK_EVERY_MS = 25;
const leaked: number[][] = [];
let leaks_at = 0;

/** Called in each turn from then on; `now` in ms. */
export function commit(fault: Fault, now: number): void {
  switch (fault) {
    case 'throw':
      throw new Error('injected fault');
    case 'exit':
      process.exit(3);
      break;
    case 'spin':
      for (;;) Math.random();
    case 'hog': {
      const hoard: number[][] = [];
      for (;;) hoard.push(new Array(1024).fill(hoard.length));
    }
    case 'leak':
      if (now < leaks_at) break;
      leaks_at = now + LEAK_EVERY_MS;
      leaked.push(new Array(65_536).fill(leaked.length));
      break;
    default:
      fault satisfies never;
  }
}
