// How long a flow has asked over its present route: whether its destination is silent, how long an answer took, and whether what
// follows an answer gets through.
import { isSilent } from '../../../../protocol/udp/patience.js';

/** How a flow gets on behind its first answer, by the first byte of a datagram of the client, so long after that. */
export type Watch = (first: number, since_ms: number) => 'goes-on' | 'done' | 'stuck';

export class Asking {
  #sent = 0;
  #since = 0;
  #watch: Watch | undefined;
  #answeredAt = 0;

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

  /** An answer has come, behind which the flow is watched. */
  answered(watch: Watch | undefined, now: number): void {
    this.#watch = watch;
    this.#answeredAt = now;
  }

  progress(first: number, now: number): ReturnType<Watch> {
    return this.#watch?.(first, now - this.#answeredAt) ?? 'done';
  }
}
