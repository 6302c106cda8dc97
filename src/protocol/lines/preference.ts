// How much the operator likes a line, beside what is measured of it: its tier, its cost and its weight. They are no part of
// what the line is: its number and all that is remembered of it stay when they change. preferences.ts compares lines by it.

export interface Preference {
  /** Lines of a higher tier are for when those of every lower one are late or have failed. */
  readonly tier: number;
  /** How much faster it must be than a line without cost, in ms, to be as good. */
  readonly cost_ms: number;
  /** The share of first contacts among lines that are equal otherwise; undefined where none is given. */
  readonly weight: number | undefined;
}

export const TIER_MAX = 9;
export const COST_MAX_MS = 60_000;
export const WEIGHT_MAX = 100;

/** Of a line for which nothing is given. */
export const USUAL: Preference = { tier: 0, cost_ms: 0, weight: undefined };

/** What one node of the tree says, on top of what holds above it. */
export function preferred(above: Preference, own: Partial<Preference> | undefined): Preference {
  return own === undefined ? above : { ...above, ...own };
}

/** In words; undefined where all of it is usual. */
export function preferenceText({ tier, cost_ms, weight }: Preference): string | undefined {
  const parts = [
    ...(tier === USUAL.tier ? [] : [`tier ${tier}`]),
    ...(cost_ms === USUAL.cost_ms ? [] : [`cost ${cost_ms} ms`]),
    ...(weight === undefined ? [] : [`weight ${weight}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
