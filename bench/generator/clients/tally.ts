// Counts what a load has achieved: only verified exchanges, and every failure under its cause.
import { Histogram } from '../../shared/histogram.js';

export class Tally {
  readonly latency = new Histogram();
  readonly #failures = new Map<string, number>();
  verified = 0;
  bytes = 0;

  succeeded(ms: number): void {
    this.verified += 1;
    this.latency.record(ms);
  }

  failed(cause: string): void {
    this.#failures.set(cause, (this.#failures.get(cause) ?? 0) + 1);
  }

  failures(): Record<string, number> {
    return Object.fromEntries(this.#failures);
  }
}
