// A and AAAA asked together, and the outcome of the two answers. Once one family has addresses, callers wait for the other
// only a moment, but its query goes on, so that the cache gets both. One family without addresses says nothing about the
// other. It does not choose the servers.
import { type Question, questionOf } from '../../../protocol/dns/message.js';
import { Countdown } from '../ask/countdown.js';
import type { Asked, GivenUp, Hear } from '../ask/exchange.js';
import type { Judge } from '../ask/judge.js';
import type { Server, Way } from '../transports/configured-server.js';
import { type Answered, type AskedList, askList, type ListFailure, type ListOutcome } from './list.js';

/** Addresses (canonical) and the server that gave them; undefined for hosts files. */
export interface Part {
  readonly addresses: readonly string[];
  readonly server: Server | undefined;
}

export interface PairFound {
  readonly kind: 'found';
  /** One for each family that has addresses, AAAA first. */
  readonly parts: readonly Part[];
  readonly ttl_s: number;
  /** One family failed or is still to come. */
  readonly lacking: boolean;
}

export type PairAnswer =
  | PairFound
  | {
      readonly kind: 'none';
      /** NODATA as opposed to NXDOMAIN. */
      readonly exists: boolean;
      readonly ttl_s: number | undefined;
      /** At least one of the answers is doubtful. */
      readonly lacking: boolean;
    };

export type PairOutcome =
  | PairAnswer
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly again: readonly Server[];
      readonly spare: PairAnswer | undefined;
    };

/** Hears the outcome of the pair. */
export interface PairHandler {
  /** Addresses of the first family, while the other is still to come; at most once. */
  early(answer: PairFound): void;
  /** The outcome; once, and the last call. */
  whole(outcome: PairOutcome): void;
}

export interface Asking {
  readonly servers: readonly Server[];
  readonly types: readonly Question['type'][];
  readonly way: Way;
  readonly judge: Judge;
  readonly timeout_ms: number;
}

/** The Resolution Delay of RFC 8305 section 3. */
const GRACE_MS = 50;
const LATE: ListFailure = { kind: 'failed', reason: 'late', again: [], spare: undefined };

/** Takes a name as it was asked. Calls `whole` within `timeout_ms`. */
export function askPair(name: string, asking: Asking, handler: PairHandler): Asked {
  return new Pair(name, asking, handler);
}

/** As `askPair`, for callers that need only the outcome. */
export function askWhole(name: string, asking: Asking, hear: Hear<PairOutcome>): Asked {
  return askPair(name, asking, { early: () => {}, whole: hear });
}

class Pair implements Asked {
  readonly #handler: PairHandler;
  readonly #asked: AskedList[] = [];
  readonly #outcomes: ListOutcome[] = [];
  readonly #deadline: Countdown;
  #grace: Countdown | undefined;
  #open: number;

  constructor(name: string, asking: Asking, handler: PairHandler) {
    const { servers, types, way, judge, timeout_ms } = asking;
    this.#handler = handler;
    this.#open = types.length;
    this.#deadline = new Countdown(timeout_ms, () => this.cancel('timed-out'));
    for (let place = 0; place < types.length; place += 1) {
      this.#outcomes.push(LATE);
      const question = questionOf(name, types[place] as Question['type']);
      this.#asked.push(askList(servers, { question, way, judge }, (outcome) => this.#heard(place, outcome)));
    }
  }

  cancel(why: GivenUp): void {
    for (const one of this.#asked) one.cancel(why);
  }

  #heard(place: number, outcome: ListOutcome): void {
    this.#outcomes[place] = outcome;
    this.#open -= 1;
    if (this.#open > 0) {
      this.#grace ??= new Countdown(GRACE_MS, () => this.#early());
      if (outcome.kind === 'addresses') for (const one of this.#asked) one.knows(outcome.server);
      return;
    }
    this.#deadline.cancel();
    this.#grace?.cancel();
    this.#handler.whole(combine(this.#outcomes));
  }

  #early(): void {
    const early = combine(this.#outcomes);
    if (early.kind === 'found') this.#handler.early(early);
  }
}

/**
 * Addresses of either family count. "There is nothing" needs both families: some servers answer NXDOMAIN for AAAA where
 * only A records exist (RFC 4074 section 4.2), and a family that failed may well have addresses.
 */
function combine(outcomes: readonly ListOutcome[]): PairOutcome {
  const failures: ListFailure[] = [];
  const answers: Answered[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind === 'failed') failures.push(outcome);
    else answers.push(outcome);
  }
  const hasFailure = failures.length > 0;
  const found = foundIn(answers, hasFailure);
  if (found !== undefined) return found;
  if (!hasFailure) return noneOf(answers, false);
  const spares = [...answers, ...failures.flatMap(({ spare }) => spare ?? [])];
  return {
    kind: 'failed',
    reason: [...new Set(failures.map((failure) => failure.reason))].join('; '),
    again: [...new Set(failures.flatMap((failure) => failure.again))],
    spare: foundIn(spares, true) ?? (spares.length === outcomes.length ? noneOf(spares, true) : undefined),
  };
}

function foundIn(answers: readonly Answered[], lacking: boolean): PairFound | undefined {
  const parts: Part[] = [];
  let ttl_s: number | undefined;
  for (const answer of answers) {
    if (answer.kind !== 'addresses') continue;
    parts.push({ addresses: answer.addresses, server: answer.server });
    ttl_s = least(ttl_s, answer.ttl_s);
  }
  return ttl_s === undefined ? undefined : { kind: 'found', parts, ttl_s, lacking };
}

function noneOf(answers: readonly Answered[], lacking: boolean): PairAnswer {
  const exists = answers.every(({ kind }) => kind !== 'nxdomain');
  const ttl_s = answers.map((answer) => answer.ttl_s).reduce(least, undefined);
  return { kind: 'none', exists, ttl_s, lacking };
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
