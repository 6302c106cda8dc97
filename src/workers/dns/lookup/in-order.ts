// One question to servers in strict order, as those of resolv.conf: a later one may be a public server that does not know
// the names of the first. The first is asked alone; the next is asked beside it when it is late, and instead of it when it
// has failed. It knows no other name and no other family: see search.ts.
//
// A server is late after three times its usual time, at least 100 ms, at most `dns.udp_retry_ms`; at that time UDP asks it
// a second time. Addresses of a later server count once the earlier one has been silent for twice that time (its second try
// has timed out); "there is nothing" counts after four times that time (so has its third). Nothing waits for a server that
// has been silent twice in a row; it is still asked, so that its return is noticed.
import type { Question } from '../../../protocol/dns/message.js';
import { type Asked, GIVEN_UP, type GivenUp, type Hear, type NoAnswer, type Reply } from '../ask/exchange.js';
import type { Way } from '../transports/configured-server.js';
import type { OrderedServer } from './ordered-server.js';

/** The outcome of all servers together. */
export interface Told {
  readonly reply: Reply;
  /** No server answered, and one said SERVFAIL. */
  readonly isServfail: boolean;
}

export interface InOrder {
  readonly servers: readonly OrderedServer[];
  readonly question: Question;
  readonly way: Way;
}

/** How long a server has been silent, as a multiple of its lateness. */
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

/** One server in the order, and the state of its question. */
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
  /** When all servers are silent, each is waited for again, in order. */
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

  /** Waits for the next stage of a server's silence, and lets the sockets be read before the stage counts. */
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

  /** Finishes with the first answer that no earlier server can replace any more. */
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

/** Whether a reply says what there is for the name. A doubtful one does not: another server may give a better answer. */
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

/** No server has answered. Silence goes before a failure, since a silent server may be asked another way. */
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

/** The code of all replies if it is the same, otherwise `failed`. */
function codeOf(replies: readonly Reply[]): NoAnswer['code'] {
  const [first, ...others] = replies.map((reply) => (reply.kind === 'no-answer' ? reply.code : 'failed'));
  return first !== undefined && others.every((code) => code === first) ? first : 'failed';
}

function reasonOf(reply: Reply): string {
  if (reply.kind === 'no-answer') return reply.reason;
  return reply.kind === 'server-failure' ? `rcode ${reply.rcode}` : reply.kind;
}
