// Between which values half of all lie: how much rounds differ, whatever a single one of them has met.

/** The first and the third quartile, between values where none is in that place; NaN for an empty list. */
export function quartiles(values: readonly number[]): readonly [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)];
    return below + (place - Math.floor(place)) * (sorted[Math.ceil(place)] - below);
  };
  return sorted.length === 0 ? [Number.NaN, Number.NaN] : [at(0.25), at(0.75)];
}
