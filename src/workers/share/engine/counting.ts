// Counts what is asked of the engine and what comes of it.
import { TimeHistogram } from '../../../threads/shared/time-histogram.js';
import { type Command, ENGINE_FAULTS, type EngineCounts, type EngineFault } from './engine.js';
import { commandBytes } from './sizes.js';

/** An engine near by answers within a tenth of a millisecond. */
const BOUNDS_MS: readonly number[] = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1000];

export class Counting {
  readonly #times = new TimeHistogram(TimeHistogram.create(BOUNDS_MS), BOUNDS_MS);
  readonly #faults = Object.fromEntries(ENGINE_FAULTS.map((fault) => [fault, 0])) as Record<EngineFault, number>;
  readonly #sums = { connects: 0, roundTrips: 0, commands: 0, sent_bytes: 0, received_bytes: 0, dropped: 0, late: 0 };

  /** As it is now. */
  get counts(): EngineCounts {
    return { ...this.#sums, times: this.#times.read(), faults: { ...this.#faults } };
  }

  connected(): void {
    this.#sums.connects += 1;
  }

  fault(fault: EngineFault): void {
    this.#faults[fault] += 1;
  }

  dropped(): void {
    this.#sums.dropped += 1;
  }

  late(): void {
    this.#sums.late += 1;
  }

  received(bytes: number): void {
    this.#sums.received_bytes += bytes;
  }

  /** Gives the bytes of the commands. */
  sent(commands: readonly Command[]): number {
    let bytes = 0;
    for (const command of commands) bytes += commandBytes(command);
    this.#sums.commands += commands.length;
    this.#sums.sent_bytes += bytes;
    return bytes;
  }

  /** `isInTime`: somebody still waits for it. */
  answered(time_ms: number, isInTime: boolean): void {
    if (isInTime) this.#sums.roundTrips += 1;
    this.#times.count(time_ms);
  }
}
