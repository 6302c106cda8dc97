// By how much a time must be shorter than another one for a change to be worth it.

/** As a share of the longer one, and in ms. */
const BETTER_PART = 0.25;
const BETTER_MS = 10;

export function isClearlyLess(mine_ms: number, others_ms: number): boolean {
  return mine_ms + Math.max(BETTER_MS, others_ms * BETTER_PART) < others_ms;
}
