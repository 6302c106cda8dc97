// Lookups between a connection actor and the DNS actor: the names that one turn asks for are one message, and the answers
// that are there together are one. Plain messages: a call through comlink costs one each way for every name, some 40 µs of
// CPU on both sides. It resolves nothing and has no deadlines.
import type { MessagePort } from 'node:worker_threads';
import type { LookupAnswer } from './contracts/dns.js';

type Answers = readonly { readonly name: string; readonly answer: LookupAnswer }[];

/** The connection actor's end. Who asks bounds what is pending. */
export class LookupClient {
  readonly #port: MessagePort;
  #names: string[] = [];

  /** `answered` hears of each name that was asked, in whatever order, and again after an answer that says `more`. */
  constructor(port: MessagePort, answered: (name: string, answer: LookupAnswer) => void) {
    this.#port = port;
    port.on('message', (answers: Answers) => {
      for (const { name, answer } of answers) answered(name, answer);
    });
  }

  /** Goes out with the next `flush`. */
  ask(name: string): void {
    this.#names.push(name);
  }

  /** Sends what was asked since the last time. Called once a turn. */
  flush(): void {
    if (this.#names.length === 0) return;
    this.#port.postMessage(this.#names);
    this.#names = [];
  }

  close(): void {
    this.#port.close();
  }
}

/** The DNS actor's end: `lookup` answers each name that comes, at once or later, and may say `more` first. */
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
    // After whatever else this turn of the loop brings.
    if (answers.length === 0) setImmediate(send);
    answers.push({ name, answer });
  };
  port.on('message', (names: readonly string[]) => {
    for (const name of names) lookup(name, (answer) => answered(name, answer));
  });
}
