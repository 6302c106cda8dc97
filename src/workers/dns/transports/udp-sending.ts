// One sending of a question over UDP: when, in which form and at which slot it went out. It passes messages and errors on to
// the question (udp-query.ts) and judges nothing.
import { noAnswer, type Reply } from '../ask/exchange.js';
import type { Form } from '../ask/forms.js';
import type { DatagramHandler, UdpSlot } from './udp-sockets.js';

/** The question that was sent. */
interface Sender {
  message(sent: Sending, bytes: Buffer): void;
  failed(reply: Reply): void;
}

export class Sending implements DatagramHandler {
  readonly #query: Sender;
  readonly at_ms: number;
  readonly form: Form;
  readonly spelling: string | undefined;
  /** Set before anything is sent. */
  slot!: UdpSlot;

  constructor(query: Sender, sent: { at_ms: number; form: Form; spelling: string | undefined }) {
    this.#query = query;
    this.at_ms = sent.at_ms;
    this.form = sent.form;
    this.spelling = sent.spelling;
  }

  message(bytes: Buffer): void {
    this.#query.message(this, bytes);
  }

  error(error: NodeJS.ErrnoException): void {
    this.#query.failed(noAnswer(error));
  }
}
