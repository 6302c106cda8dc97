// What the directions of a thread share, and what each step of one tells. Types, and one number.
import type { Engine } from '../../../linux/engine/engine.js';
import type { PipePool } from '../../../linux/pipes.js';
import type { Way } from '../../../protocol/bulk/transfer.js';

/** From so many bytes on, what a direction carries is measured. Most connections carry less. */
export const MUCH = 262_144;

/** Hears of directions that have carried much. */
export interface BulkOutcome {
  /** `bytes`: moved so far, `MUCH` at least. `isHeldUp`: the sink has no room for more. `before`: when bytes last moved before. */
  moved(connection: number, way: Way, bytes: number, isHeldUp: boolean, before: number): void;
}

export interface Copying {
  readonly engine: Engine;
  readonly pipes: PipePool;
}

/** After a step: it goes on by itself, the source has ended and all is delivered, or one of the two sockets is broken. */
export type Progress = 'goes-on' | 'ended' | 'source-broken' | 'sink-broken';
