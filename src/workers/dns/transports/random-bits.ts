// Random octets of the system's generator, drawn in bulk: one call for each question would cost more than its encoding.
import { randomFillSync } from 'node:crypto';

const pool = new Uint8Array(8192);
let used = pool.length;

/** `octets`: at most 8192. Use the result at once: it is a view of a buffer that is overwritten later. */
export function randomBits(octets: number): Uint8Array {
  if (used + octets > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += octets;
  return pool.subarray(used - octets, used);
}
