// The bytes of a handshake, out of CRYPTO frames that come in any order, more than once, and over several packets (RFC 9000
// section 19.6). Bytes that differ from those that were there before make it broken: the peer would choose which ones count.

/** Bytes of a stream that are kept; ClientHellos in use have up to about 2 KB. */
export const STREAM_SIZE_MAX = 16_384;
/** Pieces with gaps between them. Chromium cuts a ClientHello into some ten pieces and shuffles them. */
const PIECES_MAX = 64;
/** Pieces in all, with repetitions. */
const ADDED_MAX = 512;

interface Piece {
  start: number;
  end: number;
}

export class CryptoStream {
  #bytes = new Uint8Array(2048);
  /** In order, with a gap between any two. */
  #pieces: Piece[] = [];
  #added = 0;

  /** What has come so far without a gap. Valid until the next `add`. */
  get content(): Uint8Array {
    const first = this.#pieces[0];
    return this.#bytes.subarray(0, first?.start === 0 ? first.end : 0);
  }

  /** False if the bytes do not fit, contradict others, leave too many gaps, or are in too many pieces. */
  add(offset: number, source: Uint8Array, start: number, end: number): boolean {
    const to = offset + end - start;
    this.#added += 1;
    if (to > STREAM_SIZE_MAX || this.#added > ADDED_MAX) return false;
    if (start === end) return true;
    this.#reserve(to);
    if (!this.#agrees(offset, source, start, to)) return false;
    this.#bytes.set(source.subarray(start, end), offset);
    return this.#merge(offset, to);
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return;
    const longer = new Uint8Array(Math.min(STREAM_SIZE_MAX, Math.max(size, this.#bytes.length * 2)));
    longer.set(this.#bytes);
    this.#bytes = longer;
  }

  #agrees(offset: number, source: Uint8Array, start: number, to: number): boolean {
    for (const piece of this.#pieces) {
      const last = Math.min(piece.end, to);
      for (let at = Math.max(piece.start, offset); at < last; at += 1) {
        if (this.#bytes[at] !== source[start + at - offset]) return false;
      }
    }
    return true;
  }

  #merge(start: number, end: number): boolean {
    const whole = { start, end };
    const apart = this.#pieces.filter((piece) => {
      if (piece.end < start || piece.start > end) return true;
      whole.start = Math.min(whole.start, piece.start);
      whole.end = Math.max(whole.end, piece.end);
      return false;
    });
    const place = apart.findIndex((piece) => piece.start > whole.start);
    apart.splice(place < 0 ? apart.length : place, 0, whole);
    this.#pieces = apart;
    return apart.length <= PIECES_MAX;
  }
}
