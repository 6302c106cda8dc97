// The content of a bulk stream, written and checked here for either direction: bytes that follow from their position, so
// that a lost, doubled or foreign piece is noticed, and a trailer at the end that gives their number.
import { type Memory, mapMemory } from '../../../src/linux/memory.js';
import { sendBytes, sendFrom } from '../../../src/linux/sockets.js';

/** A prime, so that pieces of a power of two do not repeat. The content's bytes stay below the trailer's. */
const PERIOD = 239;
const PIECE_SIZE = 256 * 1024;
/** Pieces that one stream may send in a turn, before the others. */
export const PIECES_A_TURN = 4;
/** A sink's answer to a complete stream. */
export const SINK_SATISFIED = 1;
const TRAILER_FIRST = 0xf0;
/** The trailer is the count in half-bytes, each in a byte of its own: up to 2^48. */
const TRAILER_SIZE = 12;

let pattern: Memory | undefined;

function patternMemory(): Memory {
  if (pattern !== undefined) return pattern;
  pattern = mapMemory(PIECE_SIZE + 4096);
  for (let i = 0; i < pattern.size; i += 1) pattern.bytes[i] = i % PERIOD;
  return pattern;
}

function trailerOf(count: number): Uint8Array {
  const nibbles = count.toString(16).padStart(TRAILER_SIZE, '0');
  return Uint8Array.from(nibbles, (nibble) => TRAILER_FIRST | Number.parseInt(nibble, 16));
}

export class StreamWriter {
  readonly #address = patternMemory().address;
  /** Bytes so far, without the trailer. */
  count = 0;
  #trailer: Uint8Array | undefined;

  /** Sends one piece; returns the number of bytes that were taken, or a negated errno. */
  write(fd: number): number {
    if (this.#trailer !== undefined) {
      const taken = sendBytes(fd, this.#trailer);
      if (taken > 0) this.#trailer = this.#trailer.subarray(taken);
      return taken;
    }
    const taken = sendFrom(fd, this.#address + (this.count % PERIOD), PIECE_SIZE);
    if (taken > 0) this.count += taken;
    return taken;
  }

  /** From now on only the trailer is sent. */
  end(): void {
    this.#trailer ??= trailerOf(this.count);
  }

  /** Whether the trailer has been sent, too. */
  get ended(): boolean {
    return this.#trailer?.length === 0;
  }
}

export class StreamReader {
  /** Bytes so far, without the trailer. */
  count = 0;
  #trailer = '';

  /** Reads `size` bytes at `offset`. Each piece is checked in three places: its ends and its middle. */
  read(bytes: Uint8Array, offset: number, size: number): 'more' | 'complete' | 'wrong' {
    let end = offset + size;
    let trailer = '';
    while (end > offset && bytes[end - 1] >= TRAILER_FIRST) {
      end -= 1;
      trailer = (bytes[end] & 15).toString(16) + trailer;
    }
    const content = end - offset;
    if (content > 0) {
      if (this.#trailer !== '') return 'wrong';
      for (const place of [0, content >> 1, content - 1]) {
        if (bytes[offset + place] !== (this.count + place) % PERIOD) return 'wrong';
      }
      this.count += content;
    }
    this.#trailer += trailer;
    if (this.#trailer.length < TRAILER_SIZE) return 'more';
    return Number.parseInt(this.#trailer, 16) === this.count ? 'complete' : 'wrong';
  }
}
