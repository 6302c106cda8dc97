// Watches the first octets of a relay to tell how a connection turned out: whether the destination answers at all, when, and
// whether it answers a ClientHello as TLS does. Looks at no more than one octet of each side.
import { ContentType } from '../../../protocol/tls/record.js';

/** Gets the result, in at most one call. */
export interface FirstByteOutcome {
  /** The destination's first byte came `first_byte_ms` after the client's, or after the start if there was none. */
  answered(result: 'tls' | 'plain', first_byte_ms: number): void;
  failed(cause: 'silent'): void;
  /**
   * The connection has ended without a byte from the destination, which need not be a failure: the client has waited so long, or the
   * destination has ended it (infinite).
   */
  unanswered?(waited_ms: number): void;
}

/** Hears of a first byte that nobody else waits for, so that the record has it. */
export const NOBODY: FirstByteOutcome = { answered() {}, failed() {} };

/** What came of a destination's first byte: TLS, something else, or no answer to a ClientHello. */
export type Heard = 'tls' | 'plain' | 'silent';

export class FirstByte {
  readonly #clock: { readonly now: number };
  #outcome: FirstByteOutcome | undefined;
  #client: number | undefined;
  #since: number;
  /** Undefined while nothing was heard, and where an end is no failure. */
  heard: Heard | undefined;

  /** `clock` is in ms. With `outcome` undefined nothing is watched. */
  constructor(clock: { readonly now: number }, outcome: FirstByteOutcome | undefined) {
    this.#clock = clock;
    this.#outcome = outcome;
    this.#since = clock.now;
  }

  /** Whether there is nothing more to watch. */
  get over(): boolean {
    return this.#outcome === undefined;
  }

  /** When the client's first bytes came; NaN if the destination was first. */
  get since(): number {
    return this.#client === undefined ? Number.NaN : this.#since;
  }

  fromClient(octet: number): void {
    if (this.#client !== undefined) return;
    this.#client = octet;
    this.#since = this.#clock.now;
  }

  fromDestination(octet: number): void {
    if (this.#client !== ContentType.handshake) this.#answered('plain');
    else if (octet === ContentType.handshake) this.#answered('tls');
    else if (octet === ContentType.alert) this.#failed();
    else this.#answered('plain');
  }

  /** The destination has ended its stream without a byte, which is no answer to a ClientHello. */
  destinationEnded(): void {
    if (this.#client === ContentType.handshake) this.#failed();
    else this.#unanswered(Number.POSITIVE_INFINITY);
  }

  /** The destination has reset the connection without a byte: a failure if the client has sent any. */
  destinationReset(): void {
    if (this.#client !== undefined) this.#failed();
    else this.#unanswered(Number.POSITIVE_INFINITY);
  }

  /** The client has ended it, or nobody has said anything for too long. */
  ended(): void {
    this.#unanswered(this.#clock.now - this.#since);
  }

  #unanswered(waited_ms: number): void {
    const outcome = this.#outcome;
    this.#outcome = undefined;
    outcome?.unanswered?.(waited_ms);
  }

  #answered(result: 'tls' | 'plain'): void {
    const outcome = this.#outcome;
    this.#outcome = undefined;
    this.heard = result;
    outcome?.answered(result, this.#clock.now - this.#since);
  }

  #failed(): void {
    const outcome = this.#outcome;
    this.#outcome = undefined;
    this.heard = 'silent';
    outcome?.failed('silent');
  }
}
