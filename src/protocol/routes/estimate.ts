// A smoothed time with its deviation, as TCP keeps for round trips (RFC 6298 section 2): the usual value, and from when on
// something is later than usual. In milliseconds.

const GAIN = 1 / 8;
const DEVIATION_GAIN = 1 / 4;
/** Deviations above the mean that a value may reach: some 99 of 100 values are below. */
const DEVIATIONS = 4;

export class Estimate {
  mean = 0;
  deviation = 0;
  samples = 0;

  /** Adds a measurement. The first one gives the mean, and half of it the deviation (RFC 6298 section 2.2). */
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

  /** From which time on it is late by its own history; `unknown_ms` if it has none. */
  late(margin_ms: number, unknown_ms: number): number {
    return this.samples === 0 ? unknown_ms : this.mean + DEVIATIONS * this.deviation + margin_ms;
  }
}
