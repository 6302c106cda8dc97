// Carries lookups between a connection actor and the DNS actor: the names asked for in one turn are one message, and so
// are the answers found in one turn. They are plain messages, since a comlink call would cost a message each way for every
// name, some 40 µs of CPU on both sides. It resolves nothing and has no deadlines.
import type { MessagePort } from 'node:worker_threads';
import type { LookupAnswer } from './contracts/dns.js';

type Answers = readonly { readonly name: string; readonly answer: LookupAnswer }[];

/** The connection actor's end. The caller bounds how many names are pending. */
export class LookupClient {
  readonly #port: MessagePort;
  #names: string[] = [];

  /** `answered` is called for each name asked, in any order, and once more after an answer with `more`. */
  constructor(port: MessagePort, answered: (name: string, answer: LookupAnswer) => void) {
    this.#port = port;
    port.on('message', (answers: Answers) => {
      for (const { name, answer } of answers) answered(name, answer);
    });
  }

  /** The name is sent with the next `flush`. */
  ask(name: string): void {
    this.#names.push(name);
  }

  /** Sends the names asked since the last call. Called once a turn. */
  flush(): void {
    if (this.#names.length === 0) return;
    this.#port.postMessage(this.#names);
    this.#names = [];
  }

  close(): void {
    this.#port.close();
  }
}

/** The DNS actor's end: `lookup` answers each name by `hear`, at once or later; after an answer with `more`, once again. */
export function serveLookups(
  port: MessagePort,
  lookup: (name: string, hear: (answer: LookupAnswer) => void) => void,
): void {
  let answers: { readonly name: string; readonly answer: LookupAnswer }[] = [];
  const send = (): void => {
    port.postMessage(answers);
    answers = [];
  };
  const answered = (name: string, answer: LookupAnswer): void => {
    // Sent at the end of this turn of the loop, with the turn's other answers.
    if (answers.length === 0) setImmediate(send);
    answers.push({ name, answer });
  };
  port.on('message', (names: readonly string[]) => {
    for (const name of names) lookup(name, (answer) => answered(name, answer));
  });
}
