// What the directions of a thread share, and what each step of one tells. Types only.
import type { Engine } from '../../../linux/engine/engine.js';
import type { PipePool } from '../../../linux/pipes.js';

export interface Copying {
  readonly engine: Engine;
  readonly pipes: PipePool;
}

/** After a step: it goes on by itself, the source has ended and all is delivered, or one of the two sockets is broken. */
export type Progress = 'goes-on' | 'ended' | 'source-broken' | 'sink-broken';
