// A request body whose length is known (RFC 9112 section 6.2), or that is empty: counts its bytes.

export class LengthBody {
  readonly isMalformed = false;
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get isOver(): boolean {
    return this.#left === 0;
  }

  /** Bytes that belong to it, whatever they are. */
  get certain(): number {
    return this.#left;
  }

  /** Takes the next bytes; returns how many of them belong to it. */
  take(_bytes: Uint8Array, start: number, end: number): number {
    const taken = Math.min(end - start, this.#left);
    this.#left -= taken;
    return taken;
  }

  /** The next `size` bytes, at most `certain`, belong to it and are not looked at. */
  pass(size: number): void {
    this.#left -= size;
  }
}
