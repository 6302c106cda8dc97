// What the engine has of a limit is plain numbers: who may write there may set them. Those that cannot come about are not believed.
// Pure.

/** Gateways of a site that is not configured have a part in it, too. */
const GATEWAYS_MIN = 16;

/** The most that can be in a sum for a moment: each gateway claims at most the limit, and gives back what did not fit. */
export const sumMax = (limit: number, gateways: number): number => limit * (Math.max(gateways, GATEWAYS_MIN) + 1);

/** `own`: of this gateway. Either is negative for a moment after the engine was emptied. */
export function isPlausible(
  { own, sum }: { readonly own: number; readonly sum: number },
  { limit, gateways }: { readonly limit: number; readonly gateways: number },
): boolean {
  if (!Number.isSafeInteger(own) || !Number.isSafeInteger(sum)) return false;
  const most = sumMax(limit, gateways);
  return own <= sum && own >= -most && sum <= most;
}
