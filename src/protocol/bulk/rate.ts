// How many bytes a second a line carries for a site: smoothed, with the time of the last measurement. Pure.
import type { Measured } from './transfer.js';

/** Measurements are of seconds or megabytes each, so a few of them say how it is now. */
const GAIN = 1 / 4;
/** A rate that was measured longer ago says nothing any more. */
export const RATE_AGE_MS = 3_600_000;

export class Rate {
  bytes_s = 0;
  samples = 0;
  at = Number.NEGATIVE_INFINITY;

  add({ bytes_s, isExact }: Pick<Measured, 'bytes_s' | 'isExact'>, now: number): void {
    const isFresh = !this.isKnown(now);
    // That it is at least so fast is news only where less was known.
    if (!isExact && !isFresh && bytes_s <= this.bytes_s) return;
    this.bytes_s = isFresh || !isExact ? bytes_s : this.bytes_s + (bytes_s - this.bytes_s) * GAIN;
    this.samples = isFresh ? 1 : this.samples + 1;
    this.at = now;
  }

  set(bytes_s: number, samples: number, at: number): void {
    this.bytes_s = bytes_s;
    this.samples = samples;
    this.at = at;
  }

  isKnown(now: number): boolean {
    return this.samples > 0 && now - this.at < RATE_AGE_MS;
  }
}
