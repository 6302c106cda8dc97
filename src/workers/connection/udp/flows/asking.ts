// How long a flow has asked over its present route: whether its destination is silent, and how long an answer took.
import { isSilent } from '../../../../protocol/udp/patience.js';

export class Asking {
  #sent = 0;
  #since = 0;

  /** Another route carries it from now on. */
  restart(): void {
    this.#sent = 0;
  }

  /** So many datagrams went out. */
  sent(count: number, now: number): void {
    if (this.#sent === 0) this.#since = now;
    this.#sent += count;
  }

  isSilent(now: number): boolean {
    return isSilent(this.#sent, now - this.#since);
  }

  /** Since the first datagram went out. */
  time(now: number): number {
    return Math.max(0, now - this.#since);
  }
}
