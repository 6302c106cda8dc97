// When the evidence against addresses is written to its state file: one write at a time, and one that waits. What is written and how
// is in state-file.ts.
import type { StateFile } from '../../../files/state-file.js';
import type { BadAddress } from '../../../protocol/trust/evidence.js';
import { writeBadAddresses } from './state-file.js';

export class KeptEvidence {
  #state: StateFile | undefined;
  readonly #found: () => readonly BadAddress[];
  /** The last write that was begun. */
  #saving: Promise<boolean> = Promise.resolve(true);
  /** Whether another one follows it. */
  #savesAgain = false;
  #isStopping = false;

  /** `state`: undefined where there is none, or another process writes it. */
  constructor(state: StateFile | undefined, found: () => readonly BadAddress[]) {
    this.#state = state;
    this.#found = found;
  }

  async save(): Promise<void> {
    if (this.#state !== undefined) this.#saving = writeBadAddresses(this.#state, this.#found());
    await this.#saving;
  }

  /** Writes what has been changed by hand, however often that is, with no more than one write that waits. */
  saveSoon(): void {
    if (this.#savesAgain) return;
    this.#savesAgain = true;
    void this.#saving.then(() => {
      this.#savesAgain = false;
      if (!this.#isStopping) void this.save();
    });
  }

  /** Another one has taken over: the state file is its, once this resolves. */
  async retire(): Promise<void> {
    this.#state = undefined;
    await this.#saving;
  }

  /** No further write begins but by `save`. */
  stop(): void {
    this.#isStopping = true;
  }
}
