// Windows of the engine's clock. What a gateway has claimed of a limit counts in one window, so that the claims of a gateway that has
// gone end by themselves. Pure.

export const WINDOW_MS = 30_000;
/** A lease goes on for this long into the next window: meanwhile each gateway carries over what it has, and nobody takes it. */
export const GRACE_MS = 5000;

/** All times are those of the engine, in ms. */
export const windowAt = (time: number): number => Math.floor(time / WINDOW_MS);

export const isGrace = (time: number): boolean => time % WINDOW_MS < GRACE_MS;

/** When a lease of this window has run out. */
export const leaseEnd = (window: number): number => (window + 1) * WINDOW_MS + GRACE_MS;
