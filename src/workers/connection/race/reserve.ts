// The connected attempts of a race that carry nothing: those of lines that answer early, while nothing better has connected,
// and those that connect after the winner, for the hello race. Each is counted in the budget. It chooses none of them.
import type { AttemptBudget } from '../shared/dialling/attempt-budget.js';
import type { RaceAttempt } from './attempt/attempt.js';

/** The parts of the actor's context that a reserve needs. */
export interface ReserveParts {
  readonly budget: Pick<AttemptBudget, 'hold' | 'letGo'>;
}

export class Reserve {
  readonly #parts: ReserveParts;
  /** In the order in which they connected. */
  readonly #held: RaceAttempt[] = [];

  constructor(parts: ReserveParts) {
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  hold(attempt: RaceAttempt): void {
    this.#parts.budget.hold();
    this.#held.push(attempt);
  }

  /** The one that connected first. It is still counted: the caller must let go of it in the budget. */
  take(): RaceAttempt | undefined {
    return this.#held.shift();
  }

  abandon(): void {
    this.#parts.budget.letGo(this.#held.length);
    for (const attempt of this.#held.splice(0)) attempt.abandon('abandoned');
  }
}
