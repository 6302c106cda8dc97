// The ways in which an actor can be told to go wrong, so that tests see what the supervision makes of it.
import type { Fault } from '../../protocol/messages.js';

/** What has leaked. */
const leaked: number[][] = [];

/** Called once a turn from then on. */
export function commit(fault: Fault): void {
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
      leaked.push(new Array(65_536).fill(leaked.length));
      break;
    default:
      fault satisfies never;
  }
}
