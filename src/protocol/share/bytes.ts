// Writes and reads the fields of messages as bytes, in network order. A reader never throws: what is missing reads as nothing, and
// `isWhole` says at the end whether all was there and nothing is left.

const NOTHING = Buffer.alloc(0);

export class Writer {
  readonly #bytes: Buffer;
  #at = 0;

  /** `max`: octets of the largest message. */
  constructor(max: number) {
    this.#bytes = Buffer.alloc(max);
  }

  octet(value: number): this {
    this.#at = this.#bytes.writeUInt8(value, this.#at);
    return this;
  }

  short(value: number): this {
    this.#at = this.#bytes.writeUInt16BE(value, this.#at);
    return this;
  }

  word(value: number): this {
    this.#at = this.#bytes.writeUInt32BE(value, this.#at);
    return this;
  }

  /** A safe integer in 8 octets. */
  long(value: number): this {
    this.#at = this.#bytes.writeBigUInt64BE(BigInt(value), this.#at);
    return this;
  }

  bytes(value: Uint8Array): this {
    if (value.length > this.#bytes.length - this.#at) throw new RangeError(`${value.length} octets more than fit`);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
    return this;
  }

  /** Up to 255 octets behind their number. */
  counted(value: Uint8Array): this {
    return this.octet(value.length).bytes(value);
  }

  text(value: string): this {
    return this.counted(Buffer.from(value));
  }

  /** Octets that were written. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }
}

export class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  #isShort = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  octet(): number {
    return this.bytes(1)[0] ?? 0;
  }

  short(): number {
    const bytes = this.bytes(2);
    return bytes.length === 0 ? 0 : bytes.readUInt16BE();
  }

  word(): number {
    const bytes = this.bytes(4);
    return bytes.length === 0 ? 0 : bytes.readUInt32BE();
  }

  /** One that is no safe integer counts as missing. */
  long(): number {
    const bytes = this.bytes(8);
    const value = bytes.length === 0 ? 0n : bytes.readBigUInt64BE();
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    this.#isShort = true;
    return 0;
  }

  /** All of them, or none where there are fewer. */
  bytes(length: number): Buffer {
    if (this.#isShort || length > this.#bytes.length - this.#at) {
      this.#isShort = true;
      return NOTHING;
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  counted(): Buffer {
    return this.bytes(this.octet());
  }

  text(): string {
    return this.counted().toString();
  }

  /** Whether all was there that was read, and nothing is left. */
  get isWhole(): boolean {
    return !this.#isShort && this.#at === this.#bytes.length;
  }
}
