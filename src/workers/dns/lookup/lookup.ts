// One name under resolution, and all callers that wait for it. They hear addresses of the first family early, and the
// outcome when both families have answered. resolver.ts decides what an outcome means.
import type { LookupAnswer } from '../../../threads/contracts/dns.js';
import type { Asked, GivenUp, Hear } from '../ask/exchange.js';
import type { PairFound, PairHandler, PairOutcome } from './pair.js';

/** Turns outcomes into answers for the waiting callers. */
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

  /** Calls `ask` with this lookup as the handler. */
  begin(ask: (name: string, handler: PairHandler) => Asked): void {
    this.#asked = ask(this.#name, this);
  }

  /** `hear` gets early addresses, within the call if they are there already, and then the outcome. */
  wait(hear: Hear<LookupAnswer>): void {
    this.#waiting.push(hear);
    if (this.#early !== undefined) hear(this.#early);
  }

  cancel(why: GivenUp): void {
    this.#asked?.cancel(why);
  }

  /** Passes on only addresses: if the first family has none, the other one may have some. */
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
