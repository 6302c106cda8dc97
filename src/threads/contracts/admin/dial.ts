// One measured dial of a target over one line. Types only.
import type { Target } from '../../../protocol/address/target.js';
import type { Failure } from '../../../protocol/race/failure.js';

export interface DialAsked {
  readonly line: number;
  readonly target: Target;
  /** What is sent once it is connected, to measure the first byte of the answer, too; undefined for nothing. */
  readonly say: Uint8Array | undefined;
  readonly timeout_ms: number;
}

/** `address`: the one that was dialled, of the target or of the line's first proxy. */
export type Dialled =
  | { readonly code: 'connected'; readonly address: string; readonly connect_ms: number }
  | { readonly code: 'answered'; readonly address: string; readonly connect_ms: number; readonly first_byte_ms: number }
  /** Connected, and then nothing came, or an end. */
  | { readonly code: 'unanswered'; readonly address: string; readonly connect_ms: number }
  | { readonly code: 'failed'; readonly failure: Failure; readonly address: string | undefined }
  /** Too many are under way. */
  | { readonly code: 'busy' };
