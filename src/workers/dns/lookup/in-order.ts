// One question to servers of which each counts before the next, as those of resolv.conf do: a later one may be a public
// server that knows nothing of the names of the first. The first is asked alone; the next is asked beside it when it is
// late, and instead of it when it has failed. It knows no other name and no other family: see search.ts.
//
// A server is late after three times its usual time, at least 100 ms, at most `dns.udp_retry_ms`, which is when UDP asks it
// a second time. An address of a later server counts when the earlier one has been silent for twice as long (its second
// try has had its time), that there is nothing when it has been silent for four times as long (so has its third). Nobody
// waits for a server that has been silent twice in a row; it is still asked, so that it is noticed when it is back.
import type { Question } from '../../../protocol/dns/message.js';
import { type Asked, GIVEN_UP, type GivenUp, type Hear, type NoAnswer, type Reply } from '../ask/exchange.js';
import type { Way } from '../transports/configured-server.js';
import type { OrderedServer } from './ordered-server.js';

/** What the servers came to together. */
export interface Told {
  readonly reply: Reply;
  /** Nothing is known, and a server said SERVFAIL. */
  readonly isServfail: boolean;
}

export interface InOrder {
  readonly servers: readonly OrderedServer[];
  readonly question: Question;
  readonly way: Way;
}

/** How many latenesses a server has been silent for. */
const Silence = { none: 0, late: 1, forAddresses: 2, forNothing: 4 } as const;
type Silence = (typeof Silence)[keyof typeof Silence];

const AFTER: Readonly<Record<Silence, Silence | undefined>> = {
  [Silence.none]: Silence.late,
  [Silence.late]: Silence.forAddresses,
  [Silence.forAddresses]: Silence.forNothing,
  [Silence.forNothing]: undefined,
};

const SERVFAIL = 2;

export function askInOrder(asking: InOrder, hear: Hear<Told>): Asked {
  const order = new Order(asking, hear);
  order.askNext();
  return order;
}

/** One server in the order, and how far it has come. */
interface Entry {
  readonly server: OrderedServer;
  asked: Asked | undefined;
  reply: Reply | undefined;
  silence: Silence;
  timer: NodeJS.Timeout | undefined;
  look: NodeJS.Immediate | undefined;
}

class Order implements Asked {
  readonly #question: Question;
  readonly #way: Way;
  readonly #hear: Hear<Told>;
  readonly #entries: readonly Entry[];
  /** Where all of them are silent, none is: the order holds again. */
  readonly #allSilent: boolean;
  #cancelled = false;
  #over = false;

  constructor({ servers, question, way }: InOrder, hear: Hear<Told>) {
    this.#question = question;
    this.#way = way;
    this.#hear = hear;
    this.#allSilent = servers.every(({ isSilent }) => isSilent);
    this.#entries = servers.map((server) => ({
      ...{ server, asked: undefined, reply: undefined, silence: Silence.none, timer: undefined, look: undefined },
    }));
  }

  /** Asks servers until there is one to wait for. */
  askNext(): void {
    for (const entry of this.#entries) {
      if (this.#over || this.#cancelled) return;
      if (entry.asked === undefined) this.#ask(entry);
      if (isOpen(entry) && entry.silence === Silence.none && this.#waitsFor(entry)) return;
    }
  }

  cancel(why: GivenUp): void {
    this.#cancelled = true;
    for (const entry of this.#entries) if (isOpen(entry)) entry.asked?.cancel(why);
  }

  #ask(entry: Entry): void {
    const { server } = entry;
    const asked = server.ask(this.#question, this.#way, (reply) => {
      if (this.#over) return;
      stopTimers(entry);
      entry.reply = reply;
      this.#settle();
      this.askNext();
    });
    entry.asked = asked;
    if (this.#entries.length > 1) this.#watch(entry);
  }

  /** Waits for the next stage of a server's silence, and looks at the sockets before it believes in it. */
  #watch(entry: Entry): void {
    const next = AFTER[entry.silence];
    if (next === undefined) return;
    entry.timer = setTimeout(
      () => {
        entry.look = setImmediate(() => {
          entry.silence = next;
          if (next === Silence.late) this.askNext();
          this.#settle();
          if (!this.#over) this.#watch(entry);
        });
      },
      (next - entry.silence) * entry.server.lateness_ms,
    );
  }

  /** The first answer before which nobody is waited for any more. */
  #settle(): void {
    if (this.#over) return;
    for (const [index, entry] of this.#entries.entries()) {
      if (entry.reply !== undefined) {
        if (!isAnswer(entry.reply)) continue;
        this.#finish({ reply: entry.reply, isServfail: false });
        return;
      }
      const later = this.#entries.slice(index + 1).find(({ reply }) => reply !== undefined && isAnswer(reply));
      if (later === undefined) {
        if (isOpen(entry) || !this.#cancelled) return;
        continue;
      }
      const needed = later.reply?.kind === 'addresses' ? Silence.forAddresses : Silence.forNothing;
      if (isOpen(entry) && this.#waitsFor(entry) && entry.silence < needed && !this.#cancelled) return;
    }
    this.#finish(failureOf(this.#entries));
  }

  #waitsFor({ server }: Entry): boolean {
    return this.#allSilent || !server.isSilent;
  }

  #finish(told: Told): void {
    this.#over = true;
    for (const entry of this.#entries) {
      stopTimers(entry);
      if (!isOpen(entry) || entry.asked === undefined) continue;
      if (entry.silence >= Silence.forAddresses) entry.server.missed();
      entry.server.leave(entry.asked, 'overtaken');
    }
    this.#hear(told);
  }
}

function isOpen({ asked, reply }: Entry): boolean {
  return asked !== undefined && reply === undefined;
}

function stopTimers({ timer, look }: Entry): void {
  clearTimeout(timer);
  clearImmediate(look);
}

/** Whether it says what there is for the name. A doubtful answer is not one while another server may give a better one. */
function isAnswer(reply: Reply): boolean {
  switch (reply.kind) {
    case 'addresses':
    case 'nodata':
    case 'nxdomain':
      return reply.doubt === undefined;
    default:
      return false;
  }
}

/** Nobody has answered: silence is told before a failure, since whoever is silent may be asked another way. */
function failureOf(entries: readonly Entry[]): Told {
  const replies = entries.flatMap(({ reply }) => reply ?? []);
  const isServfail = replies.some((reply) => reply.kind === 'server-failure' && reply.rcode === SERVFAIL);
  const doubtful = replies.find((reply) => reply.kind !== 'no-answer' && reply.doubt !== undefined);
  const silent = replies.some(({ kind }) => kind === 'no-answer');
  const failure = replies.find(({ kind }) => kind === 'server-failure');
  if (doubtful !== undefined) return { reply: doubtful, isServfail };
  if (!silent && failure !== undefined) return { reply: failure, isServfail };
  const reasons = entries.flatMap(({ server, reply }) =>
    reply === undefined ? [] : `${server.id}: ${reasonOf(reply)}`,
  );
  if (reasons.length === 0) return { reply: GIVEN_UP['timed-out'], isServfail };
  return { reply: { kind: 'no-answer', code: codeOf(replies), reason: reasons.join('; ') }, isServfail };
}

/** The code of all of them, where they have the same. */
function codeOf(replies: readonly Reply[]): NoAnswer['code'] {
  const [first, ...others] = replies.map((reply) => (reply.kind === 'no-answer' ? reply.code : 'failed'));
  return first !== undefined && others.every((code) => code === first) ? first : 'failed';
}

function reasonOf(reply: Reply): string {
  if (reply.kind === 'no-answer') return reply.reason;
  return reply.kind === 'server-failure' ? `rcode ${reply.rcode}` : reply.kind;
}
