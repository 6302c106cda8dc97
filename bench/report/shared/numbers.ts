// Formats numbers for people.

const DIGITS = 3;
const DECIMALS_MAX = 6;
/** A narrow space that does not break the line. */
const GROUP_SPACE = '\u202f';

/** At least three significant digits, thousands apart: 10 666, 96.4, 0.0180; a dash for what is no number. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const decimals = value === 0 ? 0 : Math.max(0, DIGITS - 1 - Math.floor(Math.log10(Math.abs(value))));
  return grouped(value.toFixed(Math.min(DECIMALS_MAX, decimals)));
}

const THOUSANDS = ['', 'k', 'M', 'G'];
/** Below this, a number is as short as its thousands would be. */
const SHORT_MAX = 10_000;

/** The shortest form of a number, for the marks of an axis. */
export function formatTick(value: number): string {
  const power = value < SHORT_MAX ? 0 : Math.min(THOUSANDS.length - 1, Math.floor(Math.log10(value) / 3));
  const short = String(Number((value / 1000 ** power).toPrecision(DIGITS)));
  return power === 0 ? short : `${short}\u00a0${THOUSANDS[power]}`;
}

/** Sets thousands apart from five digits on, so that 9000 stays one word. */
function grouped(text: string): string {
  const [whole, fraction] = text.split('.');
  const apart = whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, GROUP_SPACE);
  return fraction === undefined ? apart : `${apart}.${fraction}`;
}

/** A ratio in hundredths, or in thousandths if it is below 0.01. */
export const formatRatio = (value: number): string =>
  Number.isFinite(value) ? value.toFixed(Math.abs(value) < 0.01 ? 3 : 2) : '–';
