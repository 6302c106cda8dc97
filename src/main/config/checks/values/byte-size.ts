// Parses a number of bytes with a unit: "50GB", "500 MiB", "1.5TB". A small b is a bit elsewhere, and is none of them.

const UNITS: Readonly<Record<string, number>> = {
  ...{ B: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 },
};
const FORM = /^(\d{1,15}(?:\.\d{1,3})?)\s*([kKMGT]?B|[KMGT]iB)$/;

/** Undefined if the text is no number of bytes. The result may be a fraction, which no setting accepts. */
export function parseByteSize(text: string): number | undefined {
  const [, number, unit] = FORM.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  // Calculated in thousandths, so that 1.1 kB is exactly 1100 bytes.
  return Math.round(Number(number) * 1000 * (UNITS[unit as string] as number)) / 1000;
}
