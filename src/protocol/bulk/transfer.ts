// Measures one direction of a connection that carries much: how many bytes a second its line carries, or at least. It is told when
// bytes have moved and whether the other side has no room for more. Pure: the time is an argument, in ms of any one clock.
//
// A download says how fast its line is while the client takes all that comes. Where the client is what is slow, it says only that
// the line is not slower than that. An upload says it while the line takes no more: before that, it fills the buffers of the
// kernel, and where the client is slow it says nothing.

/** For fewer bytes the beginning of a connection and what buffers hold count for too much. */
const BYTES_MIN = 1_048_576;
/** A transfer that goes on is measured again and again, each time for so long at least. */
const SPAN_MS = 2000;
/** In a shorter time than this, no more is known than that the line is at least so fast. */
const EXACT_MS = 100;
/** After a longer pause the source had nothing more to send: what follows is another transfer. */
const PAUSE_MS = 1000;
/** The part of the time for which a download may wait for its client, and for which an upload must wait for its line. */
const WAITS_MAX = 0.1;
const WAITS_MIN = 0.5;

export type Way = 'up' | 'down';

export interface Measured {
  readonly bytes: number;
  /** How long it took. */
  readonly ms: number;
  readonly bytes_s: number;
  /** Otherwise the line is at least so fast. */
  readonly isExact: boolean;
}

export class Transfer {
  readonly #way: Way;
  /** Where the span under way began. */
  #from: number;
  #began: number;
  /** At the last call. */
  #bytes: number;
  #last: number;
  #isHeldUp = false;
  /** Time of the span in which the sink had no room. */
  #held_ms = 0;
  /** Whether the span counts: of an upload, buffers have been filled before it. */
  #isWarm: boolean;

  /** `bytes` have moved so far. */
  constructor(way: Way, bytes: number, now: number) {
    this.#way = way;
    this.#isWarm = way === 'down';
    this.#from = bytes;
    this.#bytes = bytes;
    this.#began = now;
    this.#last = now;
  }

  /** `bytes`: moved so far. `isHeldUp`: the sink has no room for more. Returns what a span has come to that is over now. */
  moved(bytes: number, isHeldUp: boolean, now: number): Measured | undefined {
    const gap_ms = now - this.#last;
    let measured: Measured | undefined;
    if (this.#isHeldUp) this.#held_ms += gap_ms;
    else if (gap_ms > PAUSE_MS) {
      measured = this.#measured();
      this.#begin(bytes, now);
    }
    this.#isHeldUp = isHeldUp;
    this.#bytes = bytes;
    this.#last = now;
    if (bytes - this.#from < BYTES_MIN || now - this.#began < SPAN_MS) return measured;
    measured = this.#measured();
    this.#begin(bytes, now);
    return measured;
  }

  /** The transfer is over. */
  ended(): Measured | undefined {
    return this.#measured();
  }

  #begin(bytes: number, now: number): void {
    this.#isWarm ||= this.#held_ms > 0;
    this.#from = bytes;
    this.#began = now;
    this.#held_ms = 0;
  }

  #measured(): Measured | undefined {
    const bytes = this.#bytes - this.#from;
    const ms = this.#last - this.#began;
    if (bytes < BYTES_MIN || !this.#isWarm) return undefined;
    const bytes_s = Math.round((bytes * 1000) / Math.max(ms, EXACT_MS));
    if (this.#way === 'down') return { bytes, ms, bytes_s, isExact: ms >= EXACT_MS && this.#held_ms <= ms * WAITS_MAX };
    return ms >= EXACT_MS && this.#held_ms >= ms * WAITS_MIN ? { bytes, ms, bytes_s, isExact: true } : undefined;
  }
}
