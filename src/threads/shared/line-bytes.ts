// The bytes that each line has carried, in shared memory: each connection actor writes memory of its own, and main reads all
// without a message. Payload only: what proxies are told, TLS to a proxy and the headers of packets are not in it. A restarted
// actor goes on counting in the same memory.

/**
 * Numbers of lines from here on are not counted. A process gives a number to each line of every configuration that it has had
 * (protocol/lines/numbers.ts). Pages of numbers that are not in use are never touched.
 */
const LINES_MAX = 65_536;
/** From clients to destinations, and back. */
const DIRECTIONS = 2;
/** Behind the lines: what all of them have carried, also those that are not counted. */
const ALL = LINES_MAX * DIRECTIONS;

export interface Carried {
  readonly up: number;
  readonly down: number;
}

export class LineBytes {
  readonly #values: Float64Array;

  static create(): SharedArrayBuffer {
    return new SharedArrayBuffer((ALL + DIRECTIONS) * 8);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#values = new Float64Array(memory);
  }

  /** Only the actor of this memory adds. */
  add(line: number, up: number, down: number): void {
    this.#values[ALL] += up;
    this.#values[ALL + 1] += down;
    if (line >= LINES_MAX) return;
    this.#values[line * DIRECTIONS] += up;
    this.#values[line * DIRECTIONS + 1] += down;
  }

  /** What all these actors have counted of a line together. */
  static sum(all: readonly LineBytes[], line: number): Carried {
    let [up, down] = [0, 0];
    for (const one of all) {
      const carried = one.of(line);
      up += carried.up;
      down += carried.down;
    }
    return { up, down };
  }

  /** What all these actors have counted of all lines together, those that a reload has removed included: it only grows. */
  static total(all: readonly LineBytes[]): Carried {
    const sum = (at: number): number => all.reduce((total, one) => total + one.#values[at], 0);
    return { up: sum(ALL), down: sum(ALL + 1) };
  }

  /** So far. Of a live connection, what it had carried when its actor last looked. */
  of(line: number): Carried {
    if (line >= LINES_MAX) return { up: 0, down: 0 };
    return { up: this.#values[line * DIRECTIONS], down: this.#values[line * DIRECTIONS + 1] };
  }
}
