// The datagrams of the generator: the header of SOCKS5, then mark, number and destination, and zeros up to the size. They are
// written into a batch, and read out of one, without an allocation.
import { Batch } from './batch.js';
import type { Shape } from './messages.js';

/** RSV, FRAG and ATYP, an IPv4 address and a port. */
const HEADER_SIZE = 10;
const IPV4 = 1;
const BATCH = 64;
const DATAGRAM_MAX = 2048;
/** Datagrams of other runs have another mark. */
let marks = 0x5500_0000;

/** Of `Letters.read`: no datagram of this run, or one that came from elsewhere. */
export const STRANGE = -1;

export class Letters {
  readonly outgoing = new Batch(BATCH, DATAGRAM_MAX, false);
  readonly incoming = new Batch(BATCH, DATAGRAM_MAX, false);
  readonly #port: number;
  readonly #associations: number;
  readonly #destinations: number;
  readonly #size: number;
  readonly #mark: number;

  /** Destinations are addresses of loopback with this port. */
  constructor(port: number, { associations, destinations }: Shape, size: number) {
    this.#port = port;
    this.#associations = associations;
    this.#destinations = destinations;
    this.#size = size;
    marks += 1;
    this.#mark = marks;
    for (let i = 0; i < BATCH; i += 1) {
      const at = this.outgoing.offsetOf(i);
      const { bytes, words } = this.outgoing.memory;
      bytes.set([0, 0, 0, IPV4, 127, 77, 0, 0, port >> 8, port & 255], at);
      words[(at + HEADER_SIZE) >> 2] = this.#mark;
      this.outgoing.setSize(i, HEADER_SIZE + size);
    }
  }

  /** Writes the datagrams number `first` and on into the outgoing batch. */
  write(first: number, count: number): void {
    const { bytes, words } = this.outgoing.memory;
    for (let i = 0; i < count; i += 1) {
      const at = this.outgoing.offsetOf(i);
      // The associations take turns.
      const destination = Math.floor((first + i) / this.#associations) % this.#destinations;
      bytes[at + 6] = destination >> 8;
      bytes[at + 7] = destination & 255;
      const word = (at + HEADER_SIZE) >> 2;
      words[word + 1] = first + i;
      words[word + 2] = destination;
    }
  }

  /** The number of a datagram that has come, or STRANGE. */
  read(index: number): number {
    const at = this.incoming.offsetOf(index);
    const { bytes, words } = this.incoming.memory;
    const word = (at + HEADER_SIZE) >> 2;
    const destination = words[word + 2];
    const isOurs =
      this.incoming.sizeOf(index) === HEADER_SIZE + this.#size &&
      bytes[at + 2] === 0 &&
      bytes[at + 3] === IPV4 &&
      bytes[at + 5] === 77 &&
      bytes[at + 6] === destination >> 8 &&
      bytes[at + 7] === (destination & 255) &&
      ((bytes[at + 8] << 8) | bytes[at + 9]) === this.#port &&
      words[word] === this.#mark;
    return isOurs ? words[word + 1] : STRANGE;
  }

  get batch(): number {
    return BATCH;
  }

  /** Bytes of each datagram, with its header. */
  get sizeOnWire(): number {
    return HEADER_SIZE + this.#size;
  }
}
