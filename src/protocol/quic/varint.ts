// Numbers of variable length (RFC 9000 section 16): 1, 2, 4 or 8 bytes, of which the first two bits give the length.

/** How many bytes the number that begins with this byte has. */
export const varintSize = (first: number): number => 1 << (first >> 6);

/**
 * Reads numbers and skips bytes between `at` and `end`. What would go past the end makes it broken, and it stays so; read
 * numbers are then 0. Above 2^53 a number is rounded, and still longer than any datagram.
 */
export class VarintReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  at: number;
  isBroken = false;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.at;
  }

  number(): number {
    const size = this.left > 0 ? varintSize(this.#bytes[this.at]) : 1;
    if (!this.skip(size)) return 0;
    let value = this.#bytes[this.at - size] & 0x3f;
    for (let i = this.at - size + 1; i < this.at; i += 1) value = value * 256 + this.#bytes[i];
    return value;
  }

  /** A byte that is a number of its own. */
  byte(): number {
    return this.skip(1) ? this.#bytes[this.at - 1] : 0;
  }

  skip(size: number): boolean {
    if (this.isBroken || size > this.left) {
      this.isBroken = true;
      return false;
    }
    this.at += size;
    return true;
  }
}
