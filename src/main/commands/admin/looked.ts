// What a command that looks at the running gateway comes to.
import type { NotAnswered } from './client.js';

export interface Looked {
  /** The exit status. */
  readonly status: number;
  /** For standard output; absent for nothing. */
  readonly said?: string;
  /** A sentence for standard error, without "error:". */
  readonly complaint?: string;
}

/** What is said where the gateway has not answered as it should. */
export type Failing = (answer: NotAnswered) => Looked;

export type Complaint = Looked & Required<Pick<Looked, 'complaint'>>;
