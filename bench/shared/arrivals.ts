// When the connections of independent users begin: a Poisson process.

/** Time to the next arrival in ms, exponentially distributed. `rate`: a second; `random` is from 0 to below 1. */
export const gap = (rate: number, random: number): number => (-Math.log(1 - random) * 1000) / rate;
