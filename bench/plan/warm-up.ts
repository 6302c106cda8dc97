// How long a subject is warmed up after its start.

/**
 * V8 compiles what a connection runs until some 50 000 have come: the gateway that is measured is one that has run for a while,
 * and the other subjects get the same.
 */
const WARM_UP_MS = 6000;
/** A quick run compares no times. */
const QUICK_WARM_UP_MS = 200;

/** Of the first load on a freshly started subject, in ms. */
export const firstWarmUp = ({ quick, lengthen }: { readonly quick: boolean; readonly lengthen: number }): number =>
  (quick ? QUICK_WARM_UP_MS : WARM_UP_MS) * lengthen;
