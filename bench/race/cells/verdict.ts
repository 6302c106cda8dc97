// Judges a cell against a clean run of the same topology. Pure.

import { FAULTS } from '../field/faults.js';
import type { Cell, State } from './cell.js';
import type { Sample } from './sample.js';

/** The default of race.first_byte_ms: how long a first contact waits for a connected line's first byte. */
const FIRST_BYTE_MS = 150;
/** The default of race.margin_ms: added to what a line's own history allows before the next line is started. */
const MARGIN_MS = 30;
const SPARE_MS = 100;

export interface Reference {
  /** The same topology and state without a fault. */
  readonly clean: Sample;
  /** Time to the first byte when the subject has only the ways that are good in this cell. */
  readonly good_ms: number;
}

export interface Verdict {
  /** What the fault costs at p99, in ms; NaN without a clean run. */
  readonly extra_ms: number;
  /** What the fault may cost, in ms; undefined where only success is asked for. */
  readonly allowed_ms: number | undefined;
  readonly fails: boolean;
  readonly late: boolean;
}

/** How long the subject may wait for the faulty winner, in ms. It need not wait longer for a good remembered winner. */
function patience(state: State, clean: Sample): number {
  if (state === 'first') return FIRST_BYTE_MS;
  if (state === 'remembered') return 0;
  return Math.max(clean.p95, clean.mean + 4 * clean.deviation) + MARGIN_MS;
}

/** The verdict on a subject that should race well. A subject that is only measured gets one, too, for comparison. */
export function judge(cell: Cell, reference: Reference | undefined): Verdict {
  const { fault, bad, state, speech, sample } = cell;
  // Bytes of another protocol than TLS cannot be sent twice: only its connect failures have a second chance.
  const promised = speech !== 'other' || fault === undefined || FAULTS[fault].phase === 'connect';
  const fails = promised && sample.succeeded < sample.n;
  const extra_ms = sample.p99 - (reference?.clean.p99 ?? Number.NaN);
  if (fault === undefined || reference === undefined) return { extra_ms, allowed_ms: undefined, fails, late: false };
  // The bound is for one fault; several faulty ways are waited for one after the other.
  const allowed_ms = bad * patience(state, reference.clean) + 2 * reference.good_ms + SPARE_MS;
  return { extra_ms, allowed_ms, fails, late: !(extra_ms <= allowed_ms) };
}
