// How long lines take to connect, over their last destinations: by which a line is late where nothing is known of its
// destination, and equal to others. Pure.
import { Estimate } from '../../routes/estimate.js';
import { isClearlyLess } from '../../routes/hysteresis.js';

/** The least time between two attempts of a line that run out. */
const RUN_OUT_EVERY_MS = 250;

export class LineTimes {
  /** By the number of the line. */
  readonly #connect: Estimate[] = [];
  /** When an attempt was last left to run out. */
  readonly #ranOut: number[] = [];

  #of(line: number): Estimate {
    while (this.#connect.length <= line) this.#connect.push(new Estimate());
    return this.#connect[line];
  }

  /** It has connected to a destination. */
  took(line: number, connect_ms: number): void {
    this.#of(line).add(connect_ms);
  }

  /** Of connections over the line. */
  of(line: number): Readonly<Estimate> {
    return this.#of(line);
  }

  /** From when on a connection over it is late; `unknown_ms` at most. */
  late(line: number, margin_ms: number, unknown_ms: number): number {
    return Math.min(this.#of(line).late(margin_ms, unknown_ms), unknown_ms);
  }

  /** Whether an attempt may go on that its race has given up: few at a time. If so, it does. */
  mayRunOut(line: number, now: number): boolean {
    const last = this.#ranOut[line];
    if (last !== undefined && now - last < RUN_OUT_EVERY_MS) return false;
    this.#ranOut[line] = now;
    return true;
  }

  /** Those of the lines that are as fast as the fastest, within the hysteresis, and those without a history. */
  fastest(lines: readonly number[]): readonly number[] {
    const known = lines.map((line) => this.#of(line)).filter(({ samples }) => samples > 0);
    const least_ms = Math.min(...known.map(({ mean }) => mean));
    return lines.filter((line) => {
      const { mean, samples } = this.#of(line);
      return samples === 0 || !isClearlyLess(least_ms, mean);
    });
  }
}
