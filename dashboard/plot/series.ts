// The values of the last minutes, one a second, for the plots. Pure.
import type { TrafficEvent } from '../api/shapes.js';

export const SECONDS_MAX = 300;

export class Series {
  /** In seconds since 1970. */
  readonly at: number[] = [];
  readonly down: (number | null)[] = [];
  readonly up: (number | null)[] = [];
  readonly live: (number | null)[] = [];
  readonly opened: (number | null)[] = [];

  add({ at, bytes_down_per_s, bytes_up_per_s, live, opened_per_s }: TrafficEvent): void {
    const now = Math.round(Date.parse(at) / 1000);
    const last = this.at.at(-1);
    // The clock of the gateway was set back: what follows would not be drawn.
    if (last !== undefined && now <= last) return;
    // A gap is drawn as one.
    if (last !== undefined && now - last > 5) this.#push(last + 1, null, null, null, null);
    this.#push(now, bytes_down_per_s, bytes_up_per_s, live, opened_per_s);
  }

  #push(at: number, ...[down, up, live, opened]: readonly (number | null)[]): void {
    this.at.push(at);
    this.down.push(down as number | null);
    this.up.push(up as number | null);
    this.live.push(live as number | null);
    this.opened.push(opened as number | null);
    while (this.at.length > SECONDS_MAX) {
      for (const values of [this.at, this.down, this.up, this.live, this.opened]) values.shift();
    }
  }
}
