// The users as a connection actor knows them, and its answer to claims. A pair that was right from the same network before is
// answered at once, at the price of one HMAC. Others are judged by main (main/users/judge.ts), and remembered if they are
// right: who guesses from elsewhere meets main's limits, also with the password of a user who is there. It hashes no
// passwords, and bounds what waits for main and how many refusals are held back.
import { LRUCache } from 'lru-cache';
import { clientText, networkOctets, networkText } from '../../../protocol/address/client-network.js';
import { Deadline, type DeadlineWheel } from '../../../protocol/deadline-wheel.js';
import type { Notice } from '../../../protocol/notices/notice.js';
import { claimNotice } from '../../../protocol/notices/wrong-claim.js';
import { isPassword, partsOfName } from '../../../protocol/users/credentials.js';
import type { Judge, Judgement, OpenClaim } from '../../../protocol/users/judgement.js';
import type { OwnLimits } from '../../../protocol/users/own-limits.js';
import { PairDigest } from '../../../protocol/users/pair-digest.js';
import { RememberedPairs } from '../../../protocol/users/remembered-pairs.js';
import type { KnownUser } from '../../../protocol/users/user-entry.js';
import type { Authenticator, Claim, UserRights, Verdict } from './authenticator.js';

/** Pairs that an actor remembers, each as it came from one network. */
const PAIRS_MAX = 10_000;
/** Different claims of an actor that main judges at a time. */
const OPEN_MAX = 64;
/** Refusals that are held back at a time. Further ones are sent at once: their networks are closed soon. */
const HELD_MAX = 256;
/** Addresses of which no claims are judged for a while. Main says the same of each address of a closed network. */
const CLOSED_MAX = 1000;

const UNKNOWN: Verdict = { code: 'unknown' };
const TOO_MANY: Verdict = { code: 'too-many' };
/** Main could not be asked. */
const NOT_JUDGED: Judgement = { code: 'too-many', closed_ms: 0 };

export interface ClaimCounts {
  known(): void;
  unknown(): void;
  tooMany(): void;
}

const COUNTS = { known: 'known', unknown: 'unknown', 'too-many': 'tooMany' } as const satisfies Record<
  Judgement['code'],
  keyof ClaimCounts
>;

export interface UsersParts {
  readonly deadlines: DeadlineWheel;
  /** In ms, as `deadlines` counts. */
  readonly now: () => number;
  readonly counts: ClaimCounts;
  /** A claim was wrong that main does not hear of. */
  readonly notice: (notice: Notice) => void;
}

/** A client that waits for the verdict on a claim. */
interface Waiting {
  readonly tag: string | undefined;
  /** Undefined once the claim is withdrawn or decided; it is counted all the same, when it has been judged. */
  decided: ((verdict: Verdict) => void) | undefined;
  /** While a refusal is held back. */
  deadline: Deadline | undefined;
}

export class UsersReplica implements Authenticator, UserRights {
  readonly #parts: UsersParts;
  readonly #digest: PairDigest;
  readonly #pairs = new RememberedPairs<KnownUser>(PAIRS_MAX);
  /** Claims that main judges, by digest: the same claim of several connections from one network is judged once. */
  readonly #open = new Map<string, Waiting[]>();
  /** Until when no claims of a network are judged, in ms. */
  readonly #closed = new LRUCache<string, number>({ max: CLOSED_MAX });
  #judge: Judge | undefined;
  #disconnect: () => void = () => {};
  #held = 0;

  /** `key`: random, of PairDigest. */
  constructor(key: Uint8Array, users: readonly KnownUser[], parts: UsersParts) {
    this.#parts = parts;
    this.#digest = new PairDigest(key);
    this.#pairs.set(users);
  }

  /** Replaces all users. What is remembered of those whose entries have changed is forgotten. */
  set(users: readonly KnownUser[]): void {
    this.#pairs.set(users);
  }

  /** From now on that judge is asked. `disconnect` lets go of the way to it. */
  connect(judge: Judge, disconnect: () => void): void {
    this.#disconnect();
    this.#judge = judge;
    this.#disconnect = disconnect;
  }

  /** Withdraws all claims that main still judges, and lets go of the judge. */
  close(): void {
    this.#disconnect();
    this.#disconnect = () => {};
    this.#judge = undefined;
    for (const all of this.#open.values()) for (const one of all) this.#withdraw(one);
    this.#open.clear();
  }

  /** The numbers of the lines that a user may use; undefined for all. A user who has gone meanwhile may use none. */
  linesOf(name: string): readonly number[] | undefined {
    const user = this.#pairs.userOf(name);
    return user === undefined ? [] : user.lines;
  }

  limitsOf(name: string): OwnLimits | undefined {
    return this.#pairs.userOf(name)?.limits;
  }

  judge({ name: given, password, client }: Claim, decided: (verdict: Verdict) => void): (() => void) | undefined {
    const parts = partsOfName(given);
    if (parts === undefined || !isPassword(password)) {
      this.#parts.counts.unknown();
      this.#parts.notice(claimNotice('unknown', networkText(networkOctets(client)), undefined));
      decided(UNKNOWN);
      return undefined;
    }
    const { name, tag } = parts;
    const network = networkOctets(client);
    const digest = this.#digest.of(name, password, network);
    if (this.#pairs.find(digest) !== undefined) {
      this.#parts.counts.known();
      decided({ code: 'known', user: { name, tag } });
      return undefined;
    }
    const claim = { name, password, client: clientText(client), network: networkText(network) };
    return this.#ask(claim, digest, { tag, decided, deadline: undefined });
  }

  #ask(claim: OpenClaim, digest: string, waiting: Waiting): (() => void) | undefined {
    const same = this.#open.get(digest);
    if (same !== undefined) {
      same.push(waiting);
      return () => this.#withdraw(waiting);
    }
    if (this.#judge === undefined || this.#open.size >= OPEN_MAX || this.#isClosed(claim.client)) {
      this.#parts.counts.tooMany();
      this.#decide(waiting, TOO_MANY);
      return undefined;
    }
    const all = [waiting];
    this.#open.set(digest, all);
    const settle = (judgement: Judgement): void => {
      // Closed meanwhile.
      if (!this.#open.delete(digest)) return;
      if (judgement.code === 'known') this.#pairs.remember(digest, claim.name, judgement.mark);
      this.#judged(claim, judgement, all);
    };
    this.#judge.judge(claim).then(settle, () => settle(NOT_JUDGED));
    return () => this.#withdraw(waiting);
  }

  #isClosed(client: string): boolean {
    const until = this.#closed.get(client);
    return until !== undefined && this.#parts.now() < until;
  }

  /** A wrong claim counts although its client has hung up meanwhile: it was compared, and main counts it too. */
  #judged({ name, client }: OpenClaim, judgement: Judgement, all: readonly Waiting[]): void {
    const count = COUNTS[judgement.code];
    for (const _one of all) this.#parts.counts[count]();
    switch (judgement.code) {
      case 'known':
        for (const one of all) this.#decide(one, { code: 'known', user: { name, tag: one.tag } });
        break;
      case 'unknown':
        for (const one of all) this.#refuseLater(one, judgement.delay_ms);
        break;
      case 'too-many':
        if (judgement.closed_ms > 0) this.#closed.set(client, this.#parts.now() + judgement.closed_ms);
        for (const one of all) this.#decide(one, TOO_MANY);
        break;
      default:
        judgement satisfies never;
    }
  }

  #refuseLater(waiting: Waiting, delay_ms: number): void {
    if (waiting.decided === undefined) return;
    if (this.#held >= HELD_MAX || delay_ms <= 0) {
      this.#decide(waiting, UNKNOWN);
      return;
    }
    this.#held += 1;
    waiting.deadline = new Deadline(() => {
      this.#held -= 1;
      waiting.deadline = undefined;
      this.#decide(waiting, UNKNOWN);
    });
    this.#parts.deadlines.set(waiting.deadline, this.#parts.now() + delay_ms);
  }

  #decide(waiting: Waiting, verdict: Verdict): void {
    const { decided } = waiting;
    if (decided === undefined) return;
    waiting.decided = undefined;
    decided(verdict);
  }

  #withdraw(waiting: Waiting): void {
    waiting.decided = undefined;
    if (waiting.deadline === undefined) return;
    this.#parts.deadlines.clear(waiting.deadline);
    waiting.deadline = undefined;
    this.#held -= 1;
  }
}
