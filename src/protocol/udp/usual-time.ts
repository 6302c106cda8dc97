// Within which time a line should answer a first datagram: by what it took to this destination, or else by what it took to others.
// Pure.
import type { Estimate } from '../routes/estimate.js';

/** Where nothing is known: as long as others wait for a connection (RFC 8305 section 8). */
export const UNKNOWN_MS = 250;
/** A client gives up QUIC after some seconds, and other lines want their turn before. */
const LATE_MAX_MS = 1000;

type Times = Pick<Estimate, 'samples' | 'late'>;

/** In ms. `margin_ms`: beyond what the history allows. */
export function lateAfter(atDestination: Times | undefined, ofLine: Times, margin_ms: number): number {
  const known = atDestination !== undefined && atDestination.samples > 0 ? atDestination : ofLine;
  return Math.min(known.late(margin_ms, UNKNOWN_MS), LATE_MAX_MS);
}
