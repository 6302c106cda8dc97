// One name that is being asked about, and all who wait for it. They hear at once of the addresses of a first family, and of
// the outcome when both have answered. What an outcome means is resolver.ts's business.
import type { LookupAnswer } from '../../../threads/contracts/dns.js';
import type { Asked, GivenUp, Hear } from '../ask/exchange.js';
import type { PairFound, PairHandler, PairOutcome } from './pair.js';

/** What becomes of outcomes, and what those who wait are told. */
export interface Meaning {
  early(name: string, answer: PairFound): LookupAnswer;
  whole(name: string, outcome: PairOutcome): LookupAnswer;
}

export class Lookup implements Asked, PairHandler {
  readonly #name: string;
  readonly #meaning: Meaning;
  readonly #waiting: Hear<LookupAnswer>[] = [];
  #early: LookupAnswer | undefined;
  #asked: Asked | undefined;

  constructor(name: string, meaning: Meaning) {
    this.#name = name;
    this.#meaning = meaning;
  }

  /** `ask` is given this lookup as the one to tell. */
  begin(ask: (name: string, handler: PairHandler) => Asked): void {
    this.#asked = ask(this.#name, this);
  }

  /** Hears of the outcome, and before it of what is there already: within the call, or once it comes. */
  wait(hear: Hear<LookupAnswer>): void {
    this.#waiting.push(hear);
    if (this.#early !== undefined) hear(this.#early);
  }

  cancel(why: GivenUp): void {
    this.#asked?.cancel(why);
  }

  /** What the first family came to is told only if it is addresses: the other one may have some. */
  early(found: PairFound): void {
    const answer = this.#meaning.early(this.#name, found);
    if (answer.code !== 'found') return;
    this.#early = { ...answer, more: true };
    for (const hear of this.#waiting) hear(this.#early);
  }

  whole(outcome: PairOutcome): void {
    const answer = this.#meaning.whole(this.#name, outcome);
    for (const hear of this.#waiting) hear(answer);
  }
}
