// What each line did for connections, in shared memory: each connection actor writes memory of its own, and others read all of it
// without a message. A restarted actor goes on counting in the same memory. Bytes of lines are in line-bytes.ts.
import { countTime, type Histogram, histogramLength, readTimes, TIME_BOUNDS_MS } from './time-histogram.js';

/**
 * Numbers of lines from here on are not counted. A process gives a number to each line of every configuration that it has had
 * (protocol/lines/numbers.ts). Pages of numbers that are not in use are never touched.
 */
const LINES_MAX = 16_384;

/** What is counted of a line. All of them only grow. */
export const LineCount = {
  /** Dials of races, trials included. */
  attempts: 0,
  /** Those that were connected to the destination before the race was over. */
  connected: 1,
  /** Those that failed by themselves before the race was over. What is in neither was given up, or is under way. */
  failures: 2,
  /** Connections that it carries, or has carried. */
  wins: 3,
  /** Wins where another line was the first choice: the remembered one, or else the first to connect. */
  rescues: 4,
  /** Servers that were connected over it, got a ClientHello, and did not answer as TLS does before another one did. */
  unanswered: 5,
} as const;
export type LineCount = (typeof LineCount)[keyof typeof LineCount];

/** Where the histograms begin: until an attempt is connected, and from the client's first bytes until the destination's. */
const CONNECT = 6;
const FIRST_BYTE = CONNECT + histogramLength(TIME_BOUNDS_MS);
/** In whole cache lines of 64 bytes. */
const ROW = Math.ceil((FIRST_BYTE + histogramLength(TIME_BOUNDS_MS)) / 8) * 8;

export interface CountsOfLine extends Readonly<Record<keyof typeof LineCount, number>> {
  readonly connect: Histogram;
  /**
   * Only of connections that are listened to: where something is to be learned of a line, an access log is kept, or the admin
   * actor runs; and not of servers that speak first, of which no client waits for an answer.
   */
  readonly firstByte: Histogram;
}

export class LineCounts {
  readonly #values: Float64Array;
  /** Numbers of lines are below this. */
  readonly #end: number;

  /** `lines_max`: numbers from there on are not counted. */
  static create(lines_max = LINES_MAX): SharedArrayBuffer {
    return new SharedArrayBuffer(lines_max * ROW * 8);
  }

  constructor(memory: SharedArrayBuffer) {
    this.#values = new Float64Array(memory);
    this.#end = this.#values.length / ROW;
  }

  /** Only the actor of this memory adds. */
  add(line: number, what: LineCount): void {
    if (line < this.#end) this.#values[line * ROW + what] += 1;
  }

  connected(line: number, time_ms: number): void {
    if (line >= this.#end) return;
    this.#values[line * ROW + LineCount.connected] += 1;
    countTime(this.#values, line * ROW + CONNECT, TIME_BOUNDS_MS, time_ms);
  }

  won(line: number, isRescue: boolean): void {
    if (line >= this.#end) return;
    this.#values[line * ROW + LineCount.wins] += 1;
    if (isRescue) this.#values[line * ROW + LineCount.rescues] += 1;
  }

  answered(line: number, time_ms: number): void {
    if (line < this.#end) countTime(this.#values, line * ROW + FIRST_BYTE, TIME_BOUNDS_MS, time_ms);
  }

  /** What all these actors have counted of a line together. */
  static sum(all: readonly LineCounts[], line: number): CountsOfLine {
    const values = all.flatMap((one) => (line < one.#end ? [one.#values] : []));
    const at = line * ROW;
    const sum = (what: LineCount): number => values.reduce((total, one) => total + one[at + what], 0);
    return {
      attempts: sum(LineCount.attempts),
      connected: sum(LineCount.connected),
      failures: sum(LineCount.failures),
      wins: sum(LineCount.wins),
      rescues: sum(LineCount.rescues),
      unanswered: sum(LineCount.unanswered),
      connect: readTimes(values, at + CONNECT, TIME_BOUNDS_MS),
      firstByte: readTimes(values, at + FIRST_BYTE, TIME_BOUNDS_MS),
    };
  }
}
