// Numbers as a person reads them.

const DIGITS = 3;
const DECIMALS_MAX = 6;
/** Narrow and without a line break. */
const GROUP_SPACE = '\u202f';

/** At least three digits that count, thousands apart: 10 666, 96.4, 0.0180; a dash for what is no number. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const decimals = value === 0 ? 0 : Math.max(0, DIGITS - 1 - Math.floor(Math.log10(Math.abs(value))));
  return grouped(value.toFixed(Math.min(DECIMALS_MAX, decimals)));
}

const THOUSANDS = ['', 'k', 'M', 'G'];
/** Below, a number is as short as its thousands. */
const SHORT_MAX = 10_000;

/** As short as it can be: for the marks of an axis. */
export function formatTick(value: number): string {
  const power = value < SHORT_MAX ? 0 : Math.min(THOUSANDS.length - 1, Math.floor(Math.log10(value) / 3));
  const short = String(Number((value / 1000 ** power).toPrecision(DIGITS)));
  return power === 0 ? short : `${short}\u00a0${THOUSANDS[power]}`;
}

/** Thousands are set apart from five digits on, so that 9000 stays a word. */
function grouped(text: string): string {
  const [whole, fraction] = text.split('.');
  const apart = whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, GROUP_SPACE);
  return fraction === undefined ? apart : `${apart}.${fraction}`;
}

/** A ratio in hundredths, or thousandths where there would be none. */
export const formatRatio = (value: number): string =>
  Number.isFinite(value) ? value.toFixed(Math.abs(value) < 0.01 ? 3 : 2) : '–';
