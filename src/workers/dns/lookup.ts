// One name that is being asked about, and all who wait for it. Whoever comes after a first family has answered does not
// wait for the other. What an outcome means is resolver.ts's business.
import type { LookupAnswer } from '../../protocol/messages.js';
import type { Asked, Hear } from './exchange.js';
import type { PairFound, PairListener, PairOutcome } from './pair.js';

/** What becomes of outcomes, and what those who wait are told. */
export interface Meaning {
  early(name: string, answer: PairFound): LookupAnswer;
  whole(name: string, outcome: PairOutcome): LookupAnswer;
}

export class Lookup implements Asked, PairListener {
  readonly #name: string;
  readonly #meaning: Meaning;
  #waiting: Hear<LookupAnswer>[] = [];
  #early: LookupAnswer | undefined;
  #asked: Asked | undefined;

  constructor(name: string, meaning: Meaning) {
    this.#name = name;
    this.#meaning = meaning;
  }

  /** `ask` is given this lookup as the one to tell. */
  begin(ask: (name: string, listener: PairListener) => Asked): void {
    this.#asked = ask(this.#name, this);
  }

  /** Within the call, if there is something to tell already. */
  wait(hear: Hear<LookupAnswer>): void {
    if (this.#early === undefined) this.#waiting.push(hear);
    else hear(this.#early);
  }

  cancel(reason: string): void {
    this.#asked?.cancel(reason);
  }

  /** What the first family came to is told only if it is addresses: the other one may have some. */
  early(found: PairFound): void {
    const answer = this.#meaning.early(this.#name, found);
    if (answer.code !== 'found') return;
    this.#early = answer;
    this.#tell(answer);
  }

  whole(outcome: PairOutcome): void {
    this.#tell(this.#meaning.whole(this.#name, outcome));
  }

  #tell(answer: LookupAnswer): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const hear of waiting) hear(answer);
  }
}
