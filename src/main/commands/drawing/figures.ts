// Figures for people in few columns: bytes, rates, times, shares. What is not known is a dash. Pure.
import { byteCount } from '../../../protocol/text/byte-count.js';
import { shownMs } from '../../../protocol/text/spans.js';

export const UNKNOWN = '-';

/** `12.3 MB` */
export function bytesText(bytes: number | undefined): string {
  return bytes === undefined ? UNKNOWN : byteCount(Math.round(bytes)).replace(/ bytes?$/, ' B');
}

/** `12.3 MB/s` */
export function rateText(bytes_s: number | undefined): string {
  return bytes_s === undefined ? UNKNOWN : `${bytesText(bytes_s)}/s`;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How old something is, in the largest unit of which there are at least two: `97 s`, `30 h`. */
export function ageText(age_ms: number | undefined): string {
  if (age_ms === undefined) return UNKNOWN;
  const age = Math.max(0, age_ms);
  if (age < 2 * SECOND_MS) return `${Math.floor(age)} ms`;
  if (age < 2 * MINUTE_MS) return `${Math.floor(age / SECOND_MS)} s`;
  if (age < 2 * HOUR_MS) return `${Math.floor(age / MINUTE_MS)} min`;
  if (age < 2 * DAY_MS) return `${Math.floor(age / HOUR_MS)} h`;
  return `${Math.floor(age / DAY_MS)} d`;
}

/** A time that something took: `<0.1 ms`, `0.4 ms`, `87 ms`, `1.2 s`. */
export function tookText(time_ms: number | undefined): string {
  if (time_ms === undefined) return UNKNOWN;
  if (time_ms < 9.95) return `${shownMs(time_ms)} ms`;
  return time_ms < SECOND_MS ? `${Math.round(time_ms)} ms` : `${(time_ms / SECOND_MS).toFixed(1)} s`;
}

/** Of 0 to 1: `37 %`. Less than all is never shown as all, nor a little as nothing. */
export function shareText(share: number | undefined): string {
  if (share === undefined || Number.isNaN(share)) return UNKNOWN;
  if (share > 0 && share < 0.005) return '<1 %';
  return share < 1 && share >= 0.995 ? '>99 %' : `${Math.round(share * 100)} %`;
}

/** `0.3/s`, `12/s` */
export function pace(each_s: number | undefined): string {
  if (each_s === undefined) return UNKNOWN;
  return each_s === 0 || each_s >= 9.95 ? `${Math.round(each_s)}/s` : `${each_s.toFixed(1)}/s`;
}

/** `1 line`, `3 lines`; `plural` where an s is not enough. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
