// One line in the race of a flow of QUIC: what was sent over it, and what came back.
import type { ServerAnswer } from '../server-answer.js';

/** Datagrams of one line that are read before its race is decided, and are none of its server. Nothing is read after them. */
export const FORGED_MAX = 32;

/** An answer that the client gets only when no line has a better one. */
export type WeakAnswer = Extract<ServerAnswer, 'closed' | 'negotiation'>;

/** How a line fails without an answer. `bounced`: an ICMP error. `failed`: its way has failed or did not open. */
export type EntrantFailure = 'bounced' | 'failed';

export class Entrant {
  readonly line: number;
  /** From when on it is late, in ms after its first datagram. */
  readonly late_ms: number;
  /** When it was started: its way may open only then. */
  readonly began: number;
  /** When the flight first went out over it. */
  sent: number | undefined;
  /** When the flight, or a repetition of the client, last went out over it. */
  lastSent: number | undefined;
  /** How often the flight, or a repetition of the client, went out over it. */
  flights = 0;
  /** The first answer that is authentic and takes part, and when it came. */
  answer: 'initial' | 'retry' | undefined;
  answered: number | undefined;
  weak: WeakAnswer | undefined;
  failure: EntrantFailure | undefined;
  forged = 0;

  constructor(line: number, late_ms: number, began: number) {
    this.line = line;
    this.late_ms = late_ms;
    this.began = began;
  }

  /**
   * How long its answer took, in ms. Where the flight went out more than once nobody knows which one was answered (RFC 6298 section 3):
   * the shortest time counts, since one that is too long keeps the next races waiting.
   */
  get answer_ms(): number | undefined {
    const { answered, lastSent } = this;
    return answered === undefined || lastSent === undefined ? undefined : answered - lastSent;
  }

  /** Whether it is worth waiting for. A list of versions is not the last word: whoever sees a flow can send one before the server. */
  get isOpen(): boolean {
    return this.failure === undefined && this.weak !== 'closed';
  }
}
