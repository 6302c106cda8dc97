// What the tests of the engine share: each scenario has a world of its own, with one engine and its peers, and ends with
// balanced books and no fd left (../world.ts).
import { test } from 'node:test';
import type { UringSizes } from '../../../src/linux/engine/uring.js';
import * as libc from '../../../src/linux/libc.js';
import { mapMemory, unmap } from '../../../src/linux/memory.js';
import { openFds } from '../peers.js';
import { type ENGINES, World } from '../world.js';

type Scenario = (name: string, body: (world: World) => void | Promise<void>, sizes?: UringSizes) => void;

/** What makes a test of one engine; it is skipped where that is missing. */
export const scenarioOf =
  ({ kind, missing }: (typeof ENGINES)[number]): Scenario =>
  (name, body, sizes) => {
    test(name, { skip: missing ?? false }, async () => {
      const world = new World(kind, sizes);
      try {
        await body(world);
      } finally {
        world.destroy();
      }
      world.end();
    });
  };

export const HELLO = Buffer.from('hello');

/** Lets this process have no more than `more` further fds; gives what undoes it. */
export function limitFds(more: number): () => void {
  const RLIMIT_NOFILE = 7;
  const limits = mapMemory(4096);
  libc.prlimit(0, RLIMIT_NOFILE, 0, limits.address);
  const [soft, softHigh] = limits.words;
  // The lowest number that a new fd would get: everything below it is taken.
  let lowest = 0;
  const open = openFds();
  while (open.has(lowest)) lowest += 1;
  limits.words[0] = lowest + more;
  limits.words[1] = 0;
  libc.prlimit(0, RLIMIT_NOFILE, limits.address, 0);
  return () => {
    limits.words[0] = soft;
    limits.words[1] = softHigh;
    libc.prlimit(0, RLIMIT_NOFILE, limits.address, 0);
    unmap(limits);
  };
}
