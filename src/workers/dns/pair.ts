// A and AAAA asked together, and what the two answers come to. A family that is late is waited for only a moment, but
// its query goes on, so that what is kept in the end has both. It does not choose the servers.
import type { Question } from '../../protocol/dns-message.js';
import { type Asked, TIMED_OUT } from './exchange.js';
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

export interface Gathered {
  /** Good enough to go on with. */
  readonly outcome: PairOutcome;
  /** Only while a family is still to come: what there will be then. */
  readonly late: Promise<PairOutcome> | undefined;
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

/** Settles within `timeout_ms`, what is late included. */
export function askPair(name: string, { servers, types, way, judge, timeout_ms }: Asking): Asked<Gathered> {
  const asked = types.map((type) => askList(servers, { name, type }, way, judge));
  const cancel = (reason: string): void => {
    for (const one of asked) one.cancel(reason);
  };
  const deadline = setTimeout(() => cancel(TIMED_OUT), timeout_ms);
  const outcomes = asked.map(({ outcome }) => outcome);
  const all = Promise.all(outcomes).then((answers) => {
    clearTimeout(deadline);
    return combine(answers);
  });
  return { outcome: gather(outcomes, all), cancel };
}

function gather(outcomes: readonly Promise<ListOutcome>[], all: Promise<PairOutcome>): Promise<Gathered> {
  return new Promise((resolve) => {
    let grace: NodeJS.Timeout | undefined;
    for (const [index, one] of outcomes.entries()) {
      void one.then((answer) => {
        const early = combine(outcomes.map((_, place) => (place === index ? answer : LATE)));
        if (early.kind !== 'failed') grace ??= setTimeout(() => resolve({ outcome: early, late: all }), GRACE_MS);
      });
    }
    void all.then((outcome) => {
      clearTimeout(grace);
      resolve({ outcome, late: undefined });
    });
  });
}

/** An answer counts when either family has addresses. A name that does not exist does so for both (RFC 8020). */
function combine(answers: readonly ListOutcome[]): PairOutcome {
  const failures = answers.filter((answer) => answer.kind === 'failed');
  const answered = answers.filter((answer) => answer.kind !== 'failed');
  const answer = answerFrom(answered, failures.length > 0);
  if (answer !== undefined) return answer;
  const spares = answers.flatMap((one) => (one.kind === 'failed' ? (one.spare ?? []) : one));
  return {
    kind: 'failed',
    reason: [...new Set(failures.map((failure) => failure.reason))].join('; '),
    again: [...new Set(failures.flatMap((failure) => failure.again))],
    spare: answerFrom(spares, true),
  };
}

function answerFrom(answers: readonly Answered[], lacking: boolean): PairAnswer | undefined {
  const found = answers.filter((answer) => answer.kind === 'addresses');
  if (found.length > 0) {
    const parts = found.map(({ addresses, server }) => ({ addresses, server }));
    return { kind: 'found', parts, ttl_s: Math.min(...found.map((answer) => answer.ttl_s)), lacking };
  }
  const exists = !answers.some((answer) => answer.kind === 'nxdomain');
  if (lacking && exists) return undefined;
  const ttls = answers.flatMap((answer) => answer.ttl_s ?? []);
  return { kind: 'none', exists, ttl_s: ttls.length > 0 ? Math.min(...ttls) : undefined, lacking };
}
