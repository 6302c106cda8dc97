// How connections began and ended, in shared memory: each connection actor writes memory of its own, and others read all of it
// without a message. A restarted actor goes on counting in the same memory; what a dead one leaves, main counts as cut.

import { SPOKEN, type Spoken } from '../../protocol/inbound/spoken.js';
import { LISTENERS_MAX } from '../../protocol/listen-options.js';
import { type ConnectionEnding, ENDINGS, HANDSHAKE_ENDINGS, type HandshakeEnding } from '../../protocol/race/ending.js';
import { FAILURES, type FailureCode } from '../../protocol/race/failure.js';

const CAUSES = Object.keys(FAILURES) as readonly FailureCode[];

const placesOf = <Word extends string>(words: readonly Word[]): ReadonlyMap<Word, number> =>
  new Map(words.map((word, place) => [word, place]));
const ENDING_PLACES = placesOf<ConnectionEnding>(ENDINGS);
const CAUSE_PLACES = placesOf<FailureCode>(CAUSES);
const HANDSHAKE_PLACES = placesOf<HandshakeEnding>(HANDSHAKE_ENDINGS);
const SPOKEN_PLACES = placesOf<Spoken>(SPOKEN);

/** Of each listener: the connections that were opened, and those that have ended, by how. */
const ROW = 1 + ENDINGS.length;
const HANDSHAKES = LISTENERS_MAX * ROW;
const FAILED = HANDSHAKES + SPOKEN.length * HANDSHAKE_ENDINGS.length;
const LENGTH = FAILED + CAUSES.length;

/** Of one listener, since the start. */
export interface ListenerConnections {
  readonly opened: number;
  readonly ended: Readonly<Record<ConnectionEnding, number>>;
}

export class ConnectionCounts {
  readonly #values: Float64Array;

  static create(): SharedArrayBuffer {
    return new SharedArrayBuffer(LENGTH * 8);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#values = new Float64Array(memory);
  }

  /** By its number. Only the actor of this memory counts, as long as it lives. */
  opened(listener: number): void {
    this.#values[listener * ROW] += 1;
  }

  ended(listener: number, how: ConnectionEnding): void {
    this.#values[listener * ROW + 1 + (ENDING_PLACES.get(how) as number)] += 1;
  }

  handshakeFailed(spoken: Spoken, how: HandshakeEnding): void {
    const place = (SPOKEN_PLACES.get(spoken) as number) * HANDSHAKE_ENDINGS.length;
    this.#values[HANDSHAKES + place + (HANDSHAKE_PLACES.get(how) as number)] += 1;
  }

  /** A client got a reply of failure. */
  failed(cause: FailureCode): void {
    this.#values[FAILED + (CAUSE_PLACES.get(cause) as number)] += 1;
  }

  /** The actor has died, and its connections with it. */
  cutAll(): void {
    for (let listener = 0; listener < LISTENERS_MAX; listener += 1) {
      const at = listener * ROW;
      const ended = this.#values.subarray(at + 1, at + ROW).reduce((sum, count) => sum + count, 0);
      this.#values[at + 1 + (ENDING_PLACES.get('cut') as number)] += this.#values[at] - ended;
    }
  }

  /** What all these actors have counted together. */
  static ofListener(all: readonly ConnectionCounts[], listener: number): ListenerConnections {
    const at = listener * ROW;
    const ended = ENDINGS.map((how, place) => [
      how,
      sum(
        all.map((one) => one.#values),
        at + 1 + place,
      ),
    ]);
    return {
      opened: sum(
        all.map((one) => one.#values),
        at,
      ),
      ended: Object.fromEntries(ended),
    };
  }

  /** Handshakes that have failed; those pairs only that have been counted. */
  static handshakes(all: readonly ConnectionCounts[]): readonly HandshakeFailures[] {
    const values = all.map((one) => one.#values);
    return SPOKEN.flatMap((spoken, row) =>
      HANDSHAKE_ENDINGS.map((how, place) => {
        const count = sum(values, HANDSHAKES + row * HANDSHAKE_ENDINGS.length + place);
        return { spoken, how, count };
      }).filter(({ count }) => count > 0),
    );
  }

  /** Replies of failure by cause; those only that have been counted. */
  static causes(all: readonly ConnectionCounts[]): ReadonlyMap<FailureCode, number> {
    const values = all.map((one) => one.#values);
    const counts = CAUSES.map((cause, place) => [cause, sum(values, FAILED + place)] as const);
    return new Map(counts.filter(([, count]) => count > 0));
  }
}

export interface HandshakeFailures {
  readonly spoken: Spoken;
  readonly how: HandshakeEnding;
  readonly count: number;
}

function sum(all: readonly Float64Array[], at: number): number {
  return all.reduce((total, values) => total + values[at], 0);
}
