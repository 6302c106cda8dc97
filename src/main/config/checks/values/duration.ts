// Parses a time with a unit: "300ms", "5m", "1.5h". Settings in milliseconds or seconds take it in place of a number. It
// checks no range.

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

/** The time in `unit`; undefined if the text is no time. The result may be a fraction, which no setting accepts. */
export function parseDuration(text: string, unit: DurationUnit): number | undefined {
  const [, number, written] = FORM.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  // Calculated in thousandths, so that 1.1 s is exactly 1100 ms.
  return (
    Math.round((Number(number) * 1000 * (UNITS_MS[written as string] as number)) / (UNITS_MS[unit] as number)) / 1000
  );
}
