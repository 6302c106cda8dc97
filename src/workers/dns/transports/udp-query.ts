// One question over UDP: repeated when it is lost, asked again plainly when the server may not accept its form (forms.ts),
// and its answer held when it looks forged: a second answer under the same id contradicts the first. It does not go over to
// TCP: see configured-server.ts.
import { carriesEdns, encodeQuery, judgeAnswer, mixCase, type Question } from '../../../protocol/dns/message.js';
import { Countdown } from '../ask/countdown.js';
import {
  type Answer,
  type Asked,
  failed,
  GIVEN_UP,
  type GivenUp,
  type Hear,
  type Reply,
  sameAnswer,
  tells,
} from '../ask/exchange.js';
import { type Form, PLAIN } from '../ask/forms.js';
import { randomBits } from './random-bits.js';
import type { Asker } from './udp-asker.js';
import { Sending } from './udp-sending.js';

/** How often a question is sent at most. */
const TRIES_MAX = 3;
/** Each repeat waits this many times longer than the one before. */
const RETRY_FACTOR = 3;
const RETRY_LEAST_MS = 100;
/** A part of `udp_retry_ms`: after this time a server that has never answered is asked plainly, beside the first query. */
const PLAIN_PART = 0.4;
/** FORMERR, NOTIMP and BADVERS: the codes of a server that does not know EDNS (RFC 6891 section 7). */
const NO_EDNS: readonly number[] = [1, 4, 16];
const PLAINLY = 'asked plainly of a server that keeps the case';

interface Answered {
  readonly answer: Answer;
  readonly sent: Sending;
}

interface Refusal extends Answered {
  readonly elapsed_ms: number;
  /** Whether the answer had the EDNS option. */
  readonly carried: boolean;
}

export class UdpQuery implements Asked {
  readonly #server: Asker;
  readonly #question: Question;
  /** undefined once it has been called: a question that only listens on keeps no caller in memory. */
  #hear: Hear<Reply> | undefined;
  readonly #sent: Sending[] = [];
  #retry: NodeJS.Timeout | undefined;
  #look: NodeJS.Immediate | undefined;
  #hold: Countdown | undefined;
  #held: (Answered & { readonly why: string | undefined }) | undefined;
  /** The bad answer to a form that has never worked, while the plain query may get a better one. */
  #refusal: Refusal | undefined;
  #settled: Answered | undefined;
  #lostCase = false;

  constructor(server: Asker, question: Question, hear: Hear<Reply>) {
    this.#server = server;
    this.#question = question;
    this.#hear = hear;
  }

  send(): void {
    this.#send(this.#nextForm());
  }

  /** At a deadline, a held answer is better than none. */
  cancel(why: GivenUp): void {
    if (why === 'timed-out') {
      this.#release();
      if (this.#hear !== undefined && this.#refusal === undefined) this.#server.profile.forms.silent();
    }
    this.failed(GIVEN_UP[why]);
  }

  failed(reply: Reply): void {
    if (this.#refusal === undefined) this.#tell(reply);
    else this.#takeRefusal(this.#refusal);
  }

  message(sent: Sending, bytes: Buffer): void {
    const { profile, now } = this.#server;
    const answer = judgeAnswer(bytes, this.#question, sent.slot.id, sent.spelling);
    if (answer.kind === 'invalid') {
      profile.counts.invalid += 1;
      if (answer.code === 'wrong-case') this.#wrongCase();
      return;
    }
    if (sent.spelling !== undefined && sent.spelling !== this.#question.name) profile.forms.keptCase();
    const [elapsed_ms, carried] = [now() - sent.at_ms, carriesEdns(bytes)];
    if (this.#settled !== undefined) this.#afterwards(sent, answer);
    else if (this.#refuses(sent, answer)) this.#refused({ sent, answer, elapsed_ms, carried });
    else this.#weigh(sent, answer, elapsed_ms, carried);
  }

  #nextForm(): Form {
    const { forms } = this.#server.profile;
    if (this.#sent.length === 0) return forms.current;
    if (!forms.isProven) return PLAIN;
    // The last try is plain if a box on the way may drop the form.
    const isLast = this.#sent.length === TRIES_MAX - 1;
    return isLast && (!forms.current.mixed || forms.isSilent) ? PLAIN : forms.current;
  }

  #send(form: Form): void {
    const { sockets, now } = this.#server;
    const { name } = this.#question;
    const spelling = form.mixed ? mixCase(name, randomBits(Math.ceil(name.length / 8))) : undefined;
    const sent = new Sending(this, { at_ms: now(), form, spelling });
    const slot = sockets.take(sent);
    if (slot === undefined) {
      queueMicrotask(() => this.failed(failed('too many questions')));
      return;
    }
    sent.slot = slot;
    this.#sent.push(sent);
    slot.send(encodeQuery(this.#question, slot.id, { spelling, edns: form.edns }));
    if (this.#sent.length < TRIES_MAX) this.#retry = setTimeout(() => this.#repeat(), this.#retryAfter_ms());
  }

  /** The slots stay for a moment, for an answer that contradicts this one or shows that the first form works after all. */
  #tell(reply: Reply, answered?: Sending): void {
    const hear = this.#hear;
    if (hear === undefined) return;
    this.#hear = undefined;
    this.#stopRepeating();
    this.#hold?.cancel();
    const [first] = this.#sent;
    for (const sent of this.#sent) {
      if (answered !== undefined && (sent === answered || sent === first)) this.#server.listen(sent);
      else sent.slot.release();
    }
    hear(reply);
  }

  /** Lets the sockets be read first: if the thread was late, the answer may already be there. */
  #repeat(): void {
    this.#look = setImmediate(() => {
      this.#server.profile.counts.repeats += 1;
      this.send();
    });
  }

  #again(form: Form): void {
    if (this.#sent.length >= TRIES_MAX) return;
    this.#stopRepeating();
    this.#send(form);
  }

  #stopRepeating(): void {
    clearTimeout(this.#retry);
    clearImmediate(this.#look);
    this.#retry = undefined;
    this.#look = undefined;
  }

  #retryAfter_ms(): number {
    const { profile, limits } = this.#server;
    const usual_ms =
      profile.latency_ms === undefined ? limits.udp_retry_ms : Math.max(RETRY_LEAST_MS, 3 * profile.latency_ms);
    const after_ms = Math.min(limits.udp_retry_ms, usual_ms);
    if (profile.forms.isProven) return after_ms * RETRY_FACTOR ** (this.#sent.length - 1);
    return this.#sent.length === 1 ? Math.min(after_ms, limits.udp_retry_ms * PLAIN_PART) : limits.udp_retry_ms;
  }

  /** The server may not keep the case, or a forger may send many cases at once: it counts once a question. */
  #wrongCase(): void {
    if (this.#lostCase || this.#hear === undefined) return;
    this.#lostCase = true;
    const { forms } = this.#server.profile;
    if (forms.lostCase()) this.#again(forms.inOneCase);
  }

  /** Whether the answer may be a refusal of the form. */
  #refuses({ form }: Sending, answer: Answer): boolean {
    if (this.#sent.length >= TRIES_MAX && this.#sent.every((sent) => sent.form !== PLAIN)) return false;
    if (answer.kind === 'server-failure' && form.edns && NO_EDNS.includes(answer.rcode)) return true;
    const isBad = answer.kind === 'server-failure' || (answer.kind === 'nxdomain' && !this.#question.madeUp);
    return isBad && !this.#server.profile.forms.works(form);
  }

  #refused(refusal: Refusal): void {
    const { profile, limits } = this.#server;
    const { sent, answer } = refusal;
    const hasRefusal = this.#refusal !== undefined;
    this.#refusal ??= refusal;
    if (answer.kind === 'server-failure' && NO_EDNS.includes(answer.rcode) && sent.form.edns) {
      this.#again(profile.refusedEdns());
    } else if (this.#sent.every(({ form }) => form !== PLAIN)) this.#again(PLAIN);
    // This waits for a repeat: the plain query may be lost.
    if (!hasRefusal) this.#hold ??= new Countdown(limits.udp_retry_ms + limits.hold_ms, () => this.#end());
  }

  /** The hold is over, and nothing better came in time. */
  #end(): void {
    this.#release();
    if (this.#refusal !== undefined) this.#takeRefusal(this.#refusal);
  }

  /** The plain query brought nothing new, or nothing in time: the refusal is the answer. */
  #takeRefusal({ sent, answer, elapsed_ms, carried }: Refusal): void {
    if (tells(answer)) this.#server.profile.believed(elapsed_ms, sent.form.edns, carried);
    this.#take(sent, answer);
  }

  /** The first answer is taken at once, unless it is doubtful or the server's answers have been forged before. */
  #weigh(sent: Sending, answer: Answer, elapsed_ms: number, carried: boolean): void {
    const { profile, limits } = this.#server;
    const refusal = this.#refusal;
    const isWorse = answer.kind === 'server-failure' || answer.kind === refusal?.answer.kind;
    if (refusal !== undefined && isWorse) {
      this.#takeRefusal(refusal);
      return;
    }
    const why = tells(answer) ? this.#doubt(sent, elapsed_ms, carried) : undefined;
    const held = this.#held;
    if (held !== undefined && !tells(answer)) return;
    const isSame = held !== undefined && sameAnswer(held.answer, answer);
    if (isSame && (held.sent === sent || why !== undefined)) return;
    const wary = held === undefined ? profile.isWary : held.why === undefined;
    if (held !== undefined && held.sent === sent) this.#contradict(held.answer);
    if (why === undefined && (!wary || isSame)) {
      profile.believed(elapsed_ms, sent.form.edns, carried);
      this.#take(sent, answer);
      return;
    }
    this.#held = { answer, sent, why };
    if (held !== undefined) return;
    profile.counts.held += 1;
    // The question was not lost: a repeat would only bring more forgeries.
    this.#stopRepeating();
    this.#hold?.cancel();
    this.#hold = new Countdown(limits.hold_ms, () => this.#end());
  }

  #doubt({ form }: Sending, elapsed_ms: number, carried: boolean): string | undefined {
    const { profile } = this.#server;
    return form === PLAIN && profile.forms.doubtsPlain ? PLAINLY : profile.doubt(elapsed_ms, form.edns, carried);
  }

  /** Nothing more came: the held answer is the answer, and stays doubtful. */
  #release(): void {
    if (this.#held === undefined || this.#hear === undefined) return;
    const { answer, sent, why } = this.#held;
    if (why === undefined) {
      this.#take(sent, answer);
      return;
    }
    this.#server.profile.unrefuted();
    this.#take(sent, { ...answer, doubt: why });
  }

  #take(sent: Sending, answer: Answer): void {
    if (this.#hear === undefined) return;
    this.#settled = { answer, sent };
    this.#learn(sent, answer);
    this.#tell(answer, sent);
  }

  /** Learns from an answer about the form that it answers, and about the first form. */
  #learn(sent: Sending, answer: Answer): void {
    const { forms } = this.#server.profile;
    if (answer.doubt !== undefined) return;
    if (answer.kind === 'addresses' || answer.kind === 'truncated') forms.worked(sent.form);
    const [first] = this.#sent;
    const isBetter = tells(answer) && this.#refusal?.answer.kind !== answer.kind;
    if (sent.form === PLAIN && first !== undefined && isBetter) forms.failed(first.form);
  }

  /** A second answer under the id of the first: one of the two was forged, most likely the earlier one. */
  #afterwards(sent: Sending, answer: Answer): void {
    const settled = this.#settled;
    if (answer.kind === 'addresses') this.#server.profile.forms.worked(sent.form);
    if (settled === undefined || sent !== settled.sent || !tells(answer)) return;
    if (sameAnswer(settled.answer, answer)) return;
    this.#contradict(settled.answer);
    this.#settled = { answer, sent };
  }

  #contradict(answer: Answer): void {
    this.#server.profile.contradicted();
    if (answer.kind === 'addresses') this.#server.injected(this.#question.name, answer.addresses);
  }
}
