// A stand-in for a late source: the first source is asked, and after its head start the stand-in too. Of the stand-in only
// addresses count, since it may not know every name. It asks nobody itself.
import { type Asked, GIVEN_UP, type GivenUp, type Hear, type Reply } from '../ask/exchange.js';

type Ask = (hear: Hear<Reply>) => Asked;

export interface StandingIn {
  readonly first: Ask;
  readonly standIn: Ask;
  readonly head_start_ms: number;
}

export function askWithStandIn(standing: StandingIn, hear: Hear<Reply>): Asked {
  return new StandIn(standing, hear);
}

class StandIn implements Asked {
  readonly #hear: Hear<Reply>;
  readonly #first: Asked;
  readonly #ask: Ask;
  readonly #timer: NodeJS.Timeout;
  #standIn: Asked | undefined;
  /** The first source gave no answer, and the stand-in is still asked. */
  #failure: Reply | undefined;
  /** The stand-in has replied. */
  #hasStoodIn = false;
  #over = false;

  constructor({ first, standIn, head_start_ms }: StandingIn, hear: Hear<Reply>) {
    this.#hear = hear;
    this.#first = first((reply) => this.#firstReplied(reply));
    this.#ask = standIn;
    this.#timer = setTimeout(() => this.#begin(), head_start_ms);
  }

  cancel(why: GivenUp): void {
    this.#tell(GIVEN_UP[why]);
  }

  #firstReplied(reply: Reply): void {
    if (reply.kind !== 'no-answer' || this.#hasStoodIn) {
      this.#tell(reply);
      return;
    }
    this.#failure = reply;
    this.#begin();
  }

  #begin(): void {
    if (this.#over) return;
    clearTimeout(this.#timer);
    this.#standIn ??= this.#ask((reply) => this.#standInReplied(reply));
  }

  #standInReplied(reply: Reply): void {
    this.#hasStoodIn = true;
    if (reply.kind === 'addresses') this.#tell(reply);
    else if (this.#failure !== undefined) this.#tell(this.#failure);
  }

  #tell(reply: Reply): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#first.cancel('answered');
    this.#standIn?.cancel('answered');
    this.#hear(reply);
  }
}
