// Listens to the first octets of a relay, to tell what a connection came to: whether the destination speaks at all, and
// whether it answers a ClientHello as TLS does. It reads no more than one octet of each side.
import type { Observation } from '../../protocol/outcomes.js';

/** Content types of TLS records (RFC 8446 section 5.1). */
const HANDSHAKE = 0x16;
const ALERT = 0x15;

export type Heard = (result: Observation['result']) => void;

export class FirstWords {
  readonly #heard: Heard;
  #client: number | undefined;
  #over = false;

  /** `heard` is called once at most. */
  constructor(heard: Heard) {
    this.#heard = heard;
  }

  /** Whether there is nothing more to listen for. */
  get over(): boolean {
    return this.#over;
  }

  fromClient(octet: number): void {
    this.#client ??= octet;
  }

  fromDestination(octet: number): void {
    if (this.#client !== HANDSHAKE) this.#tell('plain');
    else if (octet === HANDSHAKE) this.#tell('tls');
    else this.#tell(octet === ALERT ? 'failed' : 'plain');
  }

  /** The destination has ended its stream without a word: to a ClientHello that is no answer. */
  destinationEnded(): void {
    if (this.#client === HANDSHAKE) this.#tell('failed');
    else this.#over = true;
  }

  /** The destination has reset the connection: before a word, but after the client's, that is a failure. */
  destinationReset(): void {
    if (this.#client !== undefined) this.#tell('failed');
  }

  #tell(result: Observation['result']): void {
    if (this.#over) return;
    this.#over = true;
    this.#heard(result);
  }
}
