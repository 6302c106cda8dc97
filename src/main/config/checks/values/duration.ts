// A time as people write it: "300ms", "5m", "1.5h". Settings that are a number of milliseconds or seconds take it too.

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const FORM = /^(\d{1,15}(?:\.\d{1,3})?)\s*(ms|s|min|m|h|d)$/;

export type DurationUnit = 'ms' | 's';

/** In `unit`; undefined for whatever is no time. It may be a fraction, which no setting takes. */
export function parseDuration(text: string, unit: DurationUnit): number | undefined {
  const [, number, written] = FORM.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  // In thousandths, so that 1.1 s is 1100 ms and no more.
  return (
    Math.round((Number(number) * 1000 * (UNITS_MS[written as string] as number)) / (UNITS_MS[unit] as number)) / 1000
  );
}
