// Why a line's proxy failed. Types only.
import type { FailureCode } from '../../race/failure.js';

/** Why a line's proxy failed, for people. */
export interface LineFailure {
  readonly cause: FailureCode;
  /** What the kernel or the proxy said. */
  readonly detail: string | undefined;
  /** The address that was dialled. */
  readonly address: string;
}
