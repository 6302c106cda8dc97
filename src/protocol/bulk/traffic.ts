// Of what kind a site's traffic is: how many of its last bytes came in bulk, each way, and how many otherwise. Pure.
import type { Way } from './transfer.js';

/** Bytes that count; of more, all are halved, so that what was long ago counts for less. */
const BYTES_MAX = 64 * 1_048_576;
/** The part of the bytes that makes the site one of bulk transfers. */
const BULK_MIN = 0.5;

export class Traffic {
  up = 0;
  down = 0;
  other = 0;

  add(kind: Way | 'other', bytes: number): void {
    this[kind] += Math.min(bytes, BYTES_MAX);
    while (this.up + this.down + this.other > BYTES_MAX) {
      this.up /= 2;
      this.down /= 2;
      this.other /= 2;
    }
  }

  set(up: number, down: number, other: number): void {
    this.up = up;
    this.down = down;
    this.other = other;
  }

  /** The way most of it goes; undefined where the site is not one of bulk transfers. */
  get bulk(): Way | undefined {
    const bulk = this.up + this.down;
    if (bulk === 0 || bulk < (bulk + this.other) * BULK_MIN) return undefined;
    return this.up > this.down ? 'up' : 'down';
  }
}
