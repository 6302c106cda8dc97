// Says when `connections_max` is reached, and when it is left. It holds nobody back.
import type { Notices } from '../process/notices.js';

/**
 * The part of `connections_max` that must be free before the limit counts as left. A smaller part would report the limit
 * as reached and left with each connection that ends.
 */
const LEFT_PART = 1 / 20;

export class Fullness {
  #connections_max: number;
  readonly #notices: Notices;
  /** When the limit was reached; undefined while it is not. */
  #since: number | undefined;

  constructor(connections_max: number, notices: Notices) {
    this.#connections_max = connections_max;
    this.#notices = notices;
  }

  setMax(connections_max: number): void {
    this.#connections_max = connections_max;
  }

  /** `room`: connections that are free. `now` in ms. */
  turned(room: number, now: number): void {
    const isFull = this.#since !== undefined;
    if (isFull ? room >= this.#leftRoom : room <= 0) this.#tell(now);
  }

  get #leftRoom(): number {
    return Math.max(1, Math.floor(this.#connections_max * LEFT_PART));
  }

  /** The notices do not say how many clients wait in the backlog, since the kernel does not tell. */
  #tell(now: number): void {
    const connections_max = this.#connections_max;
    if (this.#since === undefined) {
      this.#since = now;
      const message = 'connections_max is reached: further clients wait in the backlog of the kernel';
      this.#notices.tell({
        topic: 'connections_max',
        good: false,
        level: 'warn',
        message,
        fields: { connections_max },
      });
    } else {
      const fields = { connections_max, full_s: Math.round((now - this.#since) / 1000) };
      this.#since = undefined;
      const message = 'below connections_max again: clients are accepted as they come';
      this.#notices.tell({ topic: 'connections_max', good: true, level: 'info', message, fields });
    }
  }
}
