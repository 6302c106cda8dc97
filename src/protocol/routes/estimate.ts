// A smoothed time with its deviation, as TCP keeps one of its round trips (RFC 6298 section 2): what is usual, and from
// when on something is later than usual. Milliseconds throughout.

const GAIN = 1 / 8;
const DEVIATION_GAIN = 1 / 4;
/** Times above its deviation that a value may be: some 99 of 100 are below that. */
const DEVIATIONS = 4;

export class Estimate {
  mean = 0;
  deviation = 0;
  samples = 0;

  add(value_ms: number): void {
    if (this.samples === 0) {
      this.mean = value_ms;
      this.deviation = value_ms / 2;
    } else {
      this.deviation += (Math.abs(this.mean - value_ms) - this.deviation) * DEVIATION_GAIN;
      this.mean += (value_ms - this.mean) * GAIN;
    }
    this.samples += 1;
  }

  set(mean: number, deviation: number, samples: number): void {
    this.mean = mean;
    this.deviation = deviation;
    this.samples = samples;
  }

  /** From when on it is late by its own history, or `unknown_ms` where there is none. */
  late(margin_ms: number, unknown_ms: number): number {
    return this.samples === 0 ? unknown_ms : this.mean + DEVIATIONS * this.deviation + margin_ms;
  }
}
