// One server over UDP: questions repeated when they are lost, in mixed case and with EDNS until the server is known not
// to like that, and answers held that look forged (what comes second under one id contradicts what came first). It does
// not go over to TCP: see server.ts.
import { carriesEdns, encodeQuery, judgeAnswer, mixCase, type Question } from '../../protocol/dns-message.js';
import { type Answer, type Asked, exchange, noAnswer, type Reply, sameAnswer } from './exchange.js';
import type { Habits } from './habits.js';
import { randomBits } from './random-bits.js';
import { type Place, UdpSockets } from './udp-sockets.js';

export interface UdpLimits {
  readonly udp_retry_ms: number;
  readonly hold_ms: number;
}

/** Hears of addresses that came ahead of the true answer to a real question. */
export type Injected = (name: string, addresses: readonly string[]) => void;

/** A question is sent so often at most. */
const TRIES_MAX = 3;
/** Each repeat waits so many times longer. */
const RETRY_FACTOR = 3;
const RETRY_LEAST_MS = 100;
/** How long after an answer another one under the same id is listened for, and by how many questions of a server. */
const LISTEN_MS = 250;
const LISTENING_MAX = 512;
/** FORMERR, NOTIMP and BADVERS: what a server says that does not know EDNS (RFC 6891 section 7). */
const NO_EDNS: readonly number[] = [1, 4, 16];

export class UdpServer {
  readonly habits: Habits;
  readonly limits: UdpLimits;
  readonly injected: Injected;
  readonly now: () => number;
  readonly sockets: UdpSockets;
  readonly #listening = new Set<() => void>();

  constructor(
    at: { readonly host: string; readonly port: number },
    { habits, limits, injected, now }: { habits: Habits; limits: UdpLimits; injected: Injected; now: () => number },
  ) {
    this.habits = habits;
    this.limits = limits;
    this.injected = injected;
    this.now = now;
    this.sockets = new UdpSockets(at.host, at.port);
  }

  ask(question: Question): Asked<Reply> {
    return exchange((settle) => {
      const query = new UdpQuery(this, question, settle);
      query.send();
      return () => query.end();
    });
  }

  /** Runs `stop` after a while, at once if too many wait or the server closes. */
  listen(stop: () => void): void {
    if (this.#listening.size >= LISTENING_MAX) {
      stop();
      return;
    }
    const over = (): void => {
      clearTimeout(timer);
      this.#listening.delete(over);
      stop();
    };
    const timer = setTimeout(over, LISTEN_MS);
    this.#listening.add(over);
  }

  close(): void {
    for (const over of [...this.#listening]) over();
  }
}

/** One sending of the question. */
interface Sent {
  readonly place: Place;
  readonly at_ms: number;
  readonly spelling: string | undefined;
  readonly edns: boolean;
}

class UdpQuery {
  readonly #server: UdpServer;
  readonly #question: Question;
  readonly #settle: (reply: Reply) => void;
  readonly #sent: Sent[] = [];
  #retry: NodeJS.Timeout | undefined;
  #look: NodeJS.Immediate | undefined;
  #hold: NodeJS.Timeout | undefined;
  #held: { readonly answer: Answer; readonly sent: Sent; readonly why: string | undefined } | undefined;
  #settled: { readonly answer: Answer; readonly sent: Sent } | undefined;
  #plain = false;

  constructor(server: UdpServer, question: Question, settle: (reply: Reply) => void) {
    this.#server = server;
    this.#question = question;
    this.#settle = settle;
  }

  send(): void {
    const { habits, sockets, now } = this.#server;
    // The last try does without what a box on the way may not like.
    const last = this.#sent.length === TRIES_MAX - 1;
    const edns = habits.asksEdns && !last;
    const mixed = habits.asksMixedCase && !last && !this.#plain;
    const { name } = this.#question;
    const spelling = mixed ? mixCase(name, randomBits(Math.ceil(name.length / 8))) : undefined;
    const place = sockets.take({
      message: (bytes) => this.#message(sent, bytes),
      error: (error) => this.#settle(noAnswer(error)),
    });
    if (place === undefined) {
      this.#settle({ kind: 'no-answer', reason: 'too many questions' });
      return;
    }
    const sent: Sent = { place, at_ms: now(), spelling, edns };
    this.#sent.push(sent);
    place.send(encodeQuery(this.#question, place.id, { spelling, edns }));
    if (this.#sent.length < TRIES_MAX) this.#retry = setTimeout(() => this.#repeat(), this.#retryAfter_ms());
  }

  /** What an answer ends, and a cancel. Sockets stay a moment for what may contradict the answer. */
  end(): void {
    this.#stopRepeating();
    clearTimeout(this.#hold);
    const answered = this.#settled?.sent;
    for (const { place } of this.#sent) if (place !== answered?.place) place.release();
    if (answered !== undefined) this.#server.listen(() => answered.place.release());
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
  }

  #retryAfter_ms(): number {
    const { habits, limits } = this.#server;
    const usual_ms =
      habits.latency_ms === undefined ? limits.udp_retry_ms : Math.max(RETRY_LEAST_MS, 3 * habits.latency_ms);
    return Math.min(limits.udp_retry_ms, usual_ms) * RETRY_FACTOR ** (this.#sent.length - 1);
  }

  #message(sent: Sent, bytes: Buffer): void {
    const { habits, now } = this.#server;
    const answer = judgeAnswer(bytes, this.#question, sent.place.id, sent.spelling);
    if (answer.kind === 'invalid') {
      habits.counts.invalid += 1;
      if (answer.code !== 'wrong-case' || this.#settled !== undefined || !habits.lostCase()) return;
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

  /** The first answer is taken at once, unless it is doubtful or the server's answers have been forged before. */
  #weigh(sent: Sent, answer: Answer, elapsed_ms: number, carried: boolean): void {
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

  #take(sent: Sent, answer: Answer): void {
    this.#settled = { answer, sent };
    this.#settle(answer);
  }

  /** A second answer under the id of the first: one of the two was forged, and forgers hurry. */
  #afterwards(sent: Sent, answer: Answer): void {
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
