// Numbers and times as people read them. Pure: time is an argument.

/** Of a thousand each, as in the log and in the terminal. */
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
/** No space that a line may break at stands between a number and its unit. */
const THIN = '\u202f';

export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : threeDigits(value)}${THIN}${BYTE_UNITS[unit]}`;
}

export const byteRate = (per_s: number): string => `${bytes(per_s)}/s`;

/** With groups of three: 12 345. */
export function whole(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, THIN);
}

/** A rate of things, such as connections a second. */
export const perSecond = (count: number): string => (count >= 9.95 ? whole(count) : count.toFixed(1));

export function duration(ms: number): string {
  if (ms === 0) return `0${THIN}ms`;
  if (ms < 0.05) return `<0.1${THIN}ms`;
  if (ms < 9.95) return `${ms.toFixed(1)}${THIN}ms`;
  if (ms < 999.5) return `${Math.round(ms)}${THIN}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)}${THIN}s`;
  const seconds = Math.round(ms / 1000);
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days}${THIN}d ${hours}${THIN}h`;
  if (hours > 0) return `${hours}${THIN}h ${minutes}${THIN}min`;
  return `${minutes}${THIN}min ${seconds % 60}${THIN}s`;
}

/** How long ago something was, in the largest unit of which there are at least two, as in the terminal. */
export function age(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 120) return `${seconds}${THIN}s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)}${THIN}min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}${THIN}h`;
  return `${Math.floor(seconds / 86_400)}${THIN}d`;
}

/** A part of a whole; an en dash where there is no whole. */
export function share(part: number, all: number): string {
  if (all === 0) return '–';
  const percent = (100 * part) / all;
  const text = percent === 0 || percent === 100 || percent >= 9.95 ? percent.toFixed(0) : percent.toFixed(1);
  // What is not quite all or nothing is not called so.
  if (percent > 99.5 && part < all) return `>99${THIN}%`;
  return `${text}${THIN}%`;
}

/** The time of day here, of an RFC 3339 text. */
export function clock(at: string): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** Day and time here. */
export function dayAndTime(at: string): string {
  const date = new Date(at);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${day.join('-')} ${clock(at)}`;
}

function threeDigits(value: number): string {
  return value >= 99.5 ? value.toFixed(0) : value >= 9.95 ? value.toFixed(1) : value.toFixed(2);
}
