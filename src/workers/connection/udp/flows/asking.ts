// How long a flow has asked over its present route, and what that tells: whether its destination is silent, how long an answer took,
// and whether what follows an answer gets through.
import type { Outgoing } from '../../../../linux/udp/datagrams.js';
import { sizeAt } from '../../../../linux/udp/sizes.js';
import { type Failure, failureOf } from '../../../../protocol/race/failure.js';
import { isSilent, isUnanswered, SILENT_MS } from '../../../../protocol/udp/patience.js';

/** How a flow gets on behind its first answer, by a datagram of the client from `start` to `end`, so long after that. */
export type Watch = (bytes: Uint8Array, start: number, end: number, since_ms: number) => 'goes-on' | 'done' | 'stuck';

export const STUCK = failureOf('timed-out', 'nothing of the client came through behind its first flight');
export const SILENT = failureOf('timed-out', 'no datagram came back');

export class Asking {
  /** In ms with fractions. */
  readonly #clock: { readonly now: number };
  /** Whether what the client sends may tell something of the line. */
  isWatched = false;
  /** Whether no other candidate may carry what has begun. */
  stays = false;
  #isAnswered = false;
  #sent = 0;
  /** In whole ms, which cost no allocation. */
  #since = 0;
  /** The same to the fraction, as long as nothing has come back. */
  #exactly = Number.NaN;
  #watch: Watch | undefined;
  #answeredAt = 0;

  constructor(clock: { readonly now: number }) {
    this.#clock = clock;
  }

  /** Another route carries it from now on. */
  restart(): void {
    this.#sent = 0;
  }

  /** Something has come back. */
  heard(): void {
    this.#sent = 0;
  }

  /** So many datagrams went out, or wait for a way that opens: one that does not is as silent as one that swallows. */
  sent(count: number, now: number): void {
    if (this.#sent === 0) this.#begins(now);
    this.#sent += count;
  }

  #begins(now: number): void {
    this.#since = now;
    if (!this.#isAnswered) this.#exactly = this.#clock.now;
  }

  /** What the datagrams that the client sends now tell of the line, while it is watched: STUCK, SILENT or nothing bad. */
  looksAt({ memory, offset, count, size, last }: Outgoing, now: number): Failure | undefined {
    if (!this.#isAnswered) {
      this.isWatched = !isSilent(this.#sent, now - this.#since);
      return this.isWatched ? undefined : SILENT;
    }
    const end = offset + sizeAt(0, count, size, last);
    const progress = this.#watch?.(memory.bytes, offset, end, now - this.#answeredAt) ?? 'done';
    this.isWatched = progress === 'goes-on';
    return progress === 'stuck' ? STUCK : undefined;
  }

  /**
   * Whether the client has gone on in vain for so long that the line is to be chosen anew. Where nothing has ever answered that
   * comes slowly, after `idle_ms` (undefined where there is no choice): many destinations never answer.
   */
  isInVain(now: number, idle_ms: number | undefined): boolean {
    if (!isUnanswered(this.#sent, now - this.#since)) return false;
    if (this.#isAnswered || this.stays) return true;
    return idle_ms !== undefined && !this.isWatched && now - this.#since >= idle_ms;
  }

  /** Whether silence is to be told at the end, be it of one datagram: no other candidate has had it. */
  isLeftUnanswered(now: number): boolean {
    const isOpen = this.stays && this.isWatched && !this.#isAnswered;
    return isOpen && this.#sent > 0 && now - this.#since >= SILENT_MS;
  }

  /** Since the first datagram went out, in ms with fractions. Only for the first answer. */
  get time(): number {
    return Math.max(0, this.#clock.now - this.#exactly);
  }

  /** The first answer has come. `watch`: what follows it is watched. */
  answered(watch: Watch | undefined, now: number): void {
    this.#isAnswered = true;
    this.#sent = 0;
    this.#watch = watch;
    this.#answeredAt = now;
    this.isWatched = watch !== undefined;
  }
}
