// How many file descriptors the process has open.
import { readdirSync, statSync } from 'node:fs';

const FOLDER = '/proc/self/fd';

/** Linux tells the number as the size of the folder since 6.2. To list it takes 5 ms where there are 10 000. */
export function openFds(): number {
  const { size } = statSync(FOLDER);
  // The list has the descriptor by which it is read.
  return size > 0 ? size : readdirSync(FOLDER).length - 1;
}
