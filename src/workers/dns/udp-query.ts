// One question over UDP: repeated when it is lost, in mixed case and with EDNS until the server is known not to like that,
// and its answer held when it looks forged (what comes second under one id contradicts what came first).
import { carriesEdns, encodeQuery, judgeAnswer, mixCase, type Question } from '../../protocol/dns-message.js';
import { type Answer, type Asked, type Hear, noAnswer, type Reply, sameAnswer, TIMED_OUT } from './exchange.js';
import { randomBits } from './random-bits.js';
import type { UdpServer } from './udp.js';
import type { Listener, Place } from './udp-sockets.js';

/** A question is sent so often at most. */
const TRIES_MAX = 3;
/** Each repeat waits so many times longer. */
const RETRY_FACTOR = 3;
const RETRY_LEAST_MS = 100;
/** FORMERR, NOTIMP and BADVERS: what a server says that does not know EDNS (RFC 6891 section 7). */
const NO_EDNS: readonly number[] = [1, 4, 16];

/** One sending of the question. */
export class Sending implements Listener {
  readonly query: UdpQuery;
  readonly at_ms: number;
  readonly spelling: string | undefined;
  readonly edns: boolean;
  /** Set before anything is sent. */
  place!: Place;

  constructor(query: UdpQuery, form: { at_ms: number; spelling: string | undefined; edns: boolean }) {
    this.query = query;
    this.at_ms = form.at_ms;
    this.spelling = form.spelling;
    this.edns = form.edns;
  }

  message(bytes: Buffer): void {
    this.query.message(this, bytes);
  }

  error(error: NodeJS.ErrnoException): void {
    this.query.failed(noAnswer(error));
  }
}

export class UdpQuery implements Asked {
  readonly #server: UdpServer;
  readonly #question: Question;
  /** undefined once it has been told: what only listens on holds nobody else. */
  #hear: Hear<Reply> | undefined;
  readonly #sent: Sending[] = [];
  #retry: NodeJS.Timeout | undefined;
  #look: NodeJS.Immediate | undefined;
  #hold: NodeJS.Timeout | undefined;
  #held: { readonly answer: Answer; readonly sent: Sending; readonly why: string | undefined } | undefined;
  #settled: { readonly answer: Answer; readonly sent: Sending } | undefined;
  #plain = false;

  constructor(server: UdpServer, question: Question, hear: Hear<Reply>) {
    this.#server = server;
    this.#question = question;
    this.#hear = hear;
  }

  send(): void {
    const { habits, sockets, now } = this.#server;
    // The last try does without what a box on the way may not like.
    const last = this.#sent.length === TRIES_MAX - 1;
    const edns = habits.asksEdns && !last;
    const mixed = habits.asksMixedCase && !last && !this.#plain;
    const { name } = this.#question;
    const spelling = mixed ? mixCase(name, randomBits(Math.ceil(name.length / 8))) : undefined;
    const sent = new Sending(this, { at_ms: now(), spelling, edns });
    const place = sockets.take(sent);
    if (place === undefined) {
      queueMicrotask(() => this.failed({ kind: 'no-answer', reason: 'too many questions' }));
      return;
    }
    sent.place = place;
    this.#sent.push(sent);
    place.send(encodeQuery(this.#question, place.id, { spelling, edns }));
    if (this.#sent.length < TRIES_MAX) this.#retry = setTimeout(() => this.#repeat(), this.#retryAfter_ms());
  }

  /** At a deadline, what is held is better than nothing. */
  cancel(reason: string): void {
    if (reason === TIMED_OUT) this.#release();
    this.failed({ kind: 'no-answer', reason });
  }

  failed(reply: Reply): void {
    this.#tell(reply, undefined);
  }

  message(sent: Sending, bytes: Buffer): void {
    const { habits, now } = this.#server;
    const answer = judgeAnswer(bytes, this.#question, sent.place.id, sent.spelling);
    if (answer.kind === 'invalid') {
      habits.counts.invalid += 1;
      if (answer.code !== 'wrong-case' || this.#hear === undefined || !habits.lostCase()) return;
      // It may be the server's way: another try, at most, shows it.
      this.#plain = true;
      if (this.#sent.length < TRIES_MAX) this.#again();
      return;
    }
    if (sent.spelling !== undefined && sent.spelling !== this.#question.name) habits.keptCase();
    if (this.#settled !== undefined) {
      this.#afterwards(sent, answer);
      return;
    }
    if (
      answer.kind === 'server-failure' &&
      sent.edns &&
      NO_EDNS.includes(answer.rcode) &&
      this.#sent.length < TRIES_MAX
    ) {
      habits.refusesEdns();
      this.#again();
      return;
    }
    this.#weigh(sent, answer, now() - sent.at_ms, carriesEdns(bytes));
  }

  /** Sockets stay a moment for what may contradict the answer. */
  #tell(reply: Reply, answered: Sending | undefined): void {
    const hear = this.#hear;
    if (hear === undefined) return;
    this.#hear = undefined;
    this.#stopRepeating();
    clearTimeout(this.#hold);
    for (const sent of this.#sent) if (sent !== answered) sent.place.release();
    if (answered !== undefined) this.#server.listen(answered);
    hear(reply);
  }

  /** After a look at the sockets: where the thread was late, the answer may well lie there. */
  #repeat(): void {
    this.#look = setImmediate(() => {
      this.#server.habits.counts.repeats += 1;
      this.send();
    });
  }

  #again(): void {
    this.#stopRepeating();
    this.send();
  }

  #stopRepeating(): void {
    clearTimeout(this.#retry);
    clearImmediate(this.#look);
    this.#retry = undefined;
    this.#look = undefined;
  }

  #retryAfter_ms(): number {
    const { habits, limits } = this.#server;
    const usual_ms =
      habits.latency_ms === undefined ? limits.udp_retry_ms : Math.max(RETRY_LEAST_MS, 3 * habits.latency_ms);
    return Math.min(limits.udp_retry_ms, usual_ms) * RETRY_FACTOR ** (this.#sent.length - 1);
  }

  /** The first answer is taken at once, unless it is doubtful or the server's answers have been forged before. */
  #weigh(sent: Sending, answer: Answer, elapsed_ms: number, carried: boolean): void {
    const { habits, limits } = this.#server;
    const why = tells(answer) ? habits.doubt(elapsed_ms, sent.edns, carried) : undefined;
    const held = this.#held;
    if (held !== undefined && (sameAnswer(held.answer, answer) || !tells(answer))) return;
    const wary = held === undefined ? habits.isWary : held.why === undefined;
    if (held !== undefined && held.sent === sent) this.#contradict(held.answer);
    if (why === undefined && !wary) {
      habits.believed(elapsed_ms, sent.edns, carried);
      this.#take(sent, answer);
      return;
    }
    this.#held = { answer, sent, why };
    if (held !== undefined) return;
    habits.counts.held += 1;
    // It was not lost: a repeat would only bring more forgeries.
    this.#stopRepeating();
    this.#hold = setTimeout(() => this.#release(), limits.hold_ms);
  }

  /** Nothing more came: what was held is the answer, and as doubtful as it was. */
  #release(): void {
    if (this.#held === undefined) return;
    const { answer, sent, why } = this.#held;
    if (why === undefined) {
      this.#take(sent, answer);
      return;
    }
    this.#server.habits.unrefuted();
    this.#take(sent, { ...answer, doubt: why });
  }

  #take(sent: Sending, answer: Answer): void {
    this.#settled = { answer, sent };
    this.#tell(answer, sent);
  }

  /** A second answer under the id of the first: one of the two was forged, and forgers hurry. */
  #afterwards(sent: Sending, answer: Answer): void {
    const settled = this.#settled;
    if (settled === undefined || sent !== settled.sent || !tells(answer)) return;
    if (sameAnswer(settled.answer, answer)) return;
    this.#contradict(settled.answer);
    this.#settled = { answer, sent };
  }

  #contradict(answer: Answer): void {
    this.#server.habits.contradicted();
    if (answer.kind === 'addresses') this.#server.injected(this.#question.name, answer.addresses);
  }
}

/** Whether it says what there is for the name, so that it can contradict another one. */
function tells(answer: Answer): boolean {
  return answer.kind === 'addresses' || answer.kind === 'nodata' || answer.kind === 'nxdomain';
}
