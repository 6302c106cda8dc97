// From when on a line is late with its answer to a first flight of QUIC: by what is known of the destination, else of the line.
import type { Estimate } from '../../routes/estimate.js';

/** Where nothing is known: the time between two attempts of RFC 8305 section 8, in ms. */
export const UNKNOWN_MS = 250;
/** A client repeats its flight after about a second where it knows nothing (RFC 9002 section 6.2.2): no line is alone for longer. */
const LATE_MAX_MS = 1000;
/** How long a way may take to open before its line is late, besides: a proxy is connected to, and asked. */
export const OPENING_MS = 500;

/**
 * In ms after the flight was sent. `destination`: times of answers of the destination over the line. `line`: of all destinations
 * over the line. Either may have no samples. `margin_ms`: what is allowed beyond the history.
 */
export function lateAfter(destination: Estimate | undefined, line: Estimate | undefined, margin_ms: number): number {
  const known = destination !== undefined && destination.samples > 0 ? destination : line;
  return Math.min(LATE_MAX_MS, known?.late(margin_ms, UNKNOWN_MS) ?? UNKNOWN_MS);
}
