// Carries lookups between a connection actor and the DNS actor: the names asked for in one turn are one message, and so
// are the answers found in one turn. They are plain messages, since a comlink call would cost a message each way for every
// name, some 40 µs of CPU on both sides. It resolves nothing and has no deadlines.
import type { MessagePort } from 'node:worker_threads';
import type { LookupAnswer } from './contracts/dns.js';

/** Names to look up; `renewals` are to be asked for anew, although their answers may still hold. */
type Questions = readonly string[] | { readonly renewals: readonly string[] };

/** An answer; `renewed`: to the question that wanted it anew. */
interface Told {
  readonly name: string;
  readonly answer: LookupAnswer;
  readonly renewed?: true;
}

type Hearing = (answer: LookupAnswer) => void;

/** The connection actor's end. The caller bounds how many names are pending. */
export class LookupClient {
  readonly #port: MessagePort;
  #names: string[] = [];
  #renewals: string[] = [];

  /**
   * `answered` is called for each name asked, in any order, and once more after an answer with `more`. `renewed` tells answers to
   * `renew` from those to `ask`.
   */
  constructor(port: MessagePort, answered: (name: string, answer: LookupAnswer, renewed: boolean) => void) {
    this.#port = port;
    port.on('message', (answers: readonly Told[]) => {
      for (const { name, answer, renewed } of answers) answered(name, answer, renewed === true);
    });
  }

  /** The name is sent with the next `flush`. */
  ask(name: string): void {
    this.#names.push(name);
  }

  /** The same for a name whose answer is of no use. */
  renew(name: string): void {
    this.#renewals.push(name);
  }

  /** Sends the names asked since the last call. Called once a turn. */
  flush(): void {
    if (this.#renewals.length > 0) {
      this.#port.postMessage({ renewals: this.#renewals } satisfies Questions);
      this.#renewals = [];
    }
    if (this.#names.length === 0) return;
    this.#port.postMessage(this.#names satisfies Questions);
    this.#names = [];
  }

  close(): void {
    this.#port.close();
  }
}

/**
 * The DNS actor's end: `lookup` answers each name by `hear`, at once or later; after an answer with `more`, once again. `renew` does
 * so for names that are to be asked for anew.
 */
export function serveLookups(port: MessagePort, lookup: (name: string, hear: Hearing) => void, renew = lookup): void {
  let answers: Told[] = [];
  const send = (): void => {
    port.postMessage(answers);
    answers = [];
  };
  const tell = (told: Told): void => {
    // Sent at the end of this turn of the loop, with the turn's other answers.
    if (answers.length === 0) setImmediate(send);
    answers.push(told);
  };
  port.on('message', (asked: Questions) => {
    if (!('renewals' in asked)) for (const name of asked) lookup(name, (answer) => tell({ name, answer }));
    else for (const name of asked.renewals) renew(name, (answer) => tell({ name, answer, renewed: true }));
  });
}
