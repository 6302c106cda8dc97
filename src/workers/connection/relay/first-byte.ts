// Listens to the first octets of a relay, to tell what a connection came to: whether the destination speaks at all, when,
// and whether it answers a ClientHello as TLS does. It reads no more than one octet of each side.
import { ContentType } from '../../../protocol/tls/record.js';

/** Who is told, once at most. */
export interface FirstByteOutcome {
  /** The destination has spoken, so long after the client's first bytes, or after the beginning where it spoke first. */
  answered(result: 'tls' | 'plain', first_byte_ms: number): void;
  failed(cause: 'silent'): void;
}

export class FirstByte {
  readonly #clock: { readonly now: number };
  #outcome: FirstByteOutcome | undefined;
  #client: number | undefined;
  /** When the client's first bytes came, or else the relay began. */
  #since: number;

  /** `clock`: in ms. `outcome`: undefined for nobody. */
  constructor(clock: { readonly now: number }, outcome: FirstByteOutcome | undefined) {
    this.#clock = clock;
    this.#outcome = outcome;
    this.#since = clock.now;
  }

  /** Whether there is nothing more to listen for. */
  get over(): boolean {
    return this.#outcome === undefined;
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

  /** The destination has ended its stream without a word: to a ClientHello that is no answer. */
  destinationEnded(): void {
    if (this.#client === ContentType.handshake) this.#failed();
    else this.#outcome = undefined;
  }

  /** The destination has reset the connection: before a word, but after the client's, that is a failure. */
  destinationReset(): void {
    if (this.#client !== undefined) this.#failed();
  }

  #answered(result: 'tls' | 'plain'): void {
    const outcome = this.#outcome;
    this.#outcome = undefined;
    outcome?.answered(result, this.#clock.now - this.#since);
  }

  #failed(): void {
    const outcome = this.#outcome;
    this.#outcome = undefined;
    outcome?.failed('silent');
  }
}
