// A and AAAA asked together, and what the two answers come to. A family that is late is waited for only a moment, but
// its query goes on, so that what is kept in the end has both. It does not choose the servers.
import type { Question } from '../../protocol/dns-message.js';
import { type Asked, type Hear, TIMED_OUT } from './exchange.js';
import type { Judge } from './judge.js';
import { type Answered, askList, type ListFailure, type ListOutcome } from './list.js';
import type { Server, Way } from './server.js';

/** Addresses (canonical) and who gave them; undefined for what the hosts files say. */
export interface Part {
  readonly addresses: readonly string[];
  readonly server: Server | undefined;
}

export type PairAnswer =
  | {
      readonly kind: 'found';
      /** One for each family that has addresses, AAAA first. */
      readonly parts: readonly Part[];
      readonly ttl_s: number;
      /** One family failed or is still to come. */
      readonly lacking: boolean;
    }
  | {
      readonly kind: 'none';
      /** NODATA as opposed to NXDOMAIN. */
      readonly exists: boolean;
      readonly ttl_s: number | undefined;
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

/** Who asked. */
export interface PairListener {
  /** Good enough to go on with, while a family is still to come; at most once. */
  early(answer: PairAnswer): void;
  /** Once, and the last. */
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

/** Tells the whole within `timeout_ms`. */
export function askPair(name: string, asking: Asking, listener: PairListener): Asked {
  return new Pair(name, asking, listener);
}

/** The same for those who ask seldom: the whole alone. */
export function askWhole(name: string, asking: Asking, hear: Hear<PairOutcome>): Asked {
  return askPair(name, asking, { early: () => {}, whole: hear });
}

class Pair implements Asked {
  readonly #listener: PairListener;
  readonly #asked: Asked[] = [];
  readonly #outcomes: ListOutcome[] = [];
  readonly #deadline: NodeJS.Timeout;
  #grace: NodeJS.Timeout | undefined;
  #look: NodeJS.Immediate | undefined;
  #open: number;

  constructor(name: string, asking: Asking, listener: PairListener) {
    const { servers, types, way, judge, timeout_ms } = asking;
    this.#listener = listener;
    this.#open = types.length;
    this.#deadline = setTimeout(() => this.cancel(TIMED_OUT), timeout_ms);
    for (let place = 0; place < types.length; place += 1) {
      this.#outcomes.push(LATE);
      const question = { name, type: types[place] as Question['type'] };
      this.#asked.push(askList(servers, { question, way, judge }, (outcome) => this.#heard(place, outcome)));
    }
  }

  cancel(reason: string): void {
    for (const one of this.#asked) one.cancel(reason);
  }

  #heard(place: number, outcome: ListOutcome): void {
    this.#outcomes[place] = outcome;
    this.#open -= 1;
    if (this.#open > 0) {
      // After a look at the sockets: where the thread was late, the other family may well lie there.
      this.#grace ??= setTimeout(() => (this.#look = setImmediate(() => this.#early())), GRACE_MS);
      return;
    }
    clearTimeout(this.#deadline);
    clearTimeout(this.#grace);
    clearImmediate(this.#look);
    this.#listener.whole(combine(this.#outcomes));
  }

  #early(): void {
    const early = combine(this.#outcomes);
    if (early.kind !== 'failed') this.#listener.early(early);
  }
}

/** An answer counts when either family has addresses. A name that does not exist does so for both (RFC 8020). */
function combine(outcomes: readonly ListOutcome[]): PairOutcome {
  const failures: ListFailure[] = [];
  const answers: Answered[] = [];
  for (const outcome of outcomes) {
    if (outcome.kind === 'failed') failures.push(outcome);
    else answers.push(outcome);
  }
  const answer = answerFrom(answers, failures.length > 0);
  if (answer !== undefined) return answer;
  const spares = [...answers, ...failures.flatMap(({ spare }) => spare ?? [])];
  return {
    kind: 'failed',
    reason: [...new Set(failures.map((failure) => failure.reason))].join('; '),
    again: [...new Set(failures.flatMap((failure) => failure.again))],
    spare: answerFrom(spares, true),
  };
}

function answerFrom(answers: readonly Answered[], lacking: boolean): PairAnswer | undefined {
  const parts: Part[] = [];
  let [found_s, none_s]: (number | undefined)[] = [];
  let exists = true;
  for (const answer of answers) {
    const { ttl_s, server } = answer;
    if (answer.kind === 'addresses') {
      parts.push({ addresses: answer.addresses, server });
      found_s = least(found_s, ttl_s);
    } else {
      if (answer.kind === 'nxdomain') exists = false;
      none_s = least(none_s, ttl_s);
    }
  }
  if (found_s !== undefined) return { kind: 'found', parts, ttl_s: found_s, lacking };
  return lacking && exists ? undefined : { kind: 'none', exists, ttl_s: none_s, lacking };
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
