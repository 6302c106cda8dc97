// After an upgrade: the wait for clients that this process has accepted and that no actor has room for. It ends when they are with
// actors, or when the connections of the process must end.
import { within } from '../../threads/within.js';

/** An upgrade waits no longer for them. */
const UPGRADE_MS = 1000;

export class Patience {
  #placed: Promise<unknown> = Promise.resolve();
  #hastened_ms: number | undefined;
  #hasten: () => void = () => {};
  readonly #hastened = new Promise<void>((resolve) => {
    this.#hasten = resolve;
  });

  /** `placed` resolves when all clients are with actors. */
  async has(placed: Promise<unknown>): Promise<void> {
    this.#placed = placed;
    await within(UPGRADE_MS, placed);
  }

  /** Waits for them, at most `timeout_ms`. Resolves with the time that is left for connections to end. */
  async waits(timeout_ms: number): Promise<number> {
    const begun = performance.now();
    await within(timeout_ms, Promise.race([this.#placed, this.#hastened]));
    return this.#hastened_ms ?? Math.max(0, timeout_ms - (performance.now() - begun));
  }

  /** Connections must end within `timeout_ms`. */
  ends(timeout_ms: number): void {
    this.#hastened_ms = timeout_ms;
    this.#hasten();
  }
}
