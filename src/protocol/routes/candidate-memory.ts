// What is remembered of one candidate for one destination: how fast it connects and answers, when it worked, how it failed.
// Pure: the time is an argument, in ms of any one clock. destination-memory.ts decides which candidate is best.
import { type LineRates, noRates } from '../bulk/state.js';
import type { Measured, Way } from '../bulk/transfer.js';
import type { Candidate } from '../lines/candidate.js';
import { Estimate } from './estimate.js';

/**
 * How a candidate failed. `late`: another connected first, although this one began early enough to be first by its own
 * history. `silent`: connected, then no byte from the destination. `not-tls`: the answer to a ClientHello is not TLS.
 * `proxy`: the way to the destination broke at a proxy.
 */
export const ROUTE_FAILURES = [
  'refused',
  'reset',
  'unreachable',
  'timed-out',
  'proxy',
  'late',
  'silent',
  'not-tls',
  'other',
] as const;
export type RouteFailure = (typeof ROUTE_FAILURES)[number];

/**
 * How a candidate has connected. `anew`: what was measured before counts no longer. `race`: `told` is a first race that began with the line
 * of which another gateway told, and spared others; in a `whole` one all took part. Absent where that makes no difference.
 */
export interface How {
  readonly anew?: boolean | undefined;
  readonly race?: 'told' | 'whole' | undefined;
}

export interface FailureTally {
  count: number;
  /** Time of the last one. */
  at: number;
}

/** How long a failure counts against a candidate; twice as long for each further one after that time, up to the maximum. */
export const FAILING_MS = 10_000;
export const FAILING_MAX_MS = 300_000;
/** A single late connection may be a lost packet; this many in a row are a failure. */
const LATE_MIN = 2;

/** A failure of one candidate and a success of another within this time blame the candidate, not the destination. */
export const BLAME_WINDOW_MS = 30_000;

/** A time in which the link of a line was down, in ms. Where it was up and only changed, both are the same. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

/** What a line without a link fails by, however long before the kernel noticed. */
const OF_LINKS: ReadonlySet<RouteFailure> = new Set(['unreachable', 'timed-out', 'proxy', 'late', 'other']);
/** A connection that was made this short before the link went has no answer because of it. */
const SHORTLY_MS = 15_000;

/** Whether the outage explains a failure. A refusal, a reset or a wrong answer comes from a peer, and never from a link. */
function isOfLink(cause: RouteFailure, at: number, { from, to }: Outage): boolean {
  if (at > to) return false;
  return OF_LINKS.has(cause) || (cause === 'silent' && from < to && at >= from - SHORTLY_MS);
}

/** Whether something happened during the outage, or shortly before: the link may have gone earlier than the kernel noticed. */
export const isAbout = (at: number, { from, to }: Outage): boolean => at >= from - SHORTLY_MS && at <= to;

/** Whether only an answer disproves the failure: a server that hangs still accepts connections. */
export const needsAnswer = (cause: RouteFailure): boolean => cause === 'silent' || cause === 'not-tls';

/** Since when a name no longer has an address, and which it had in its place; undefined where it had none. */
export interface Move {
  readonly at: number;
  readonly to: Uint8Array | undefined;
}

/** An address that stands in for one that its name no longer has: which that was, and when it last worked. */
export interface Inherited {
  readonly from: Uint8Array;
  readonly worked: number;
}

export class CandidateMemory implements Candidate {
  readonly line: number;
  readonly ip: Uint8Array;
  readonly connect = new Estimate();
  readonly firstByte = new Estimate();
  successes = 0;
  /** When it last worked, last got an answer, and last failed to its blame. */
  worked = Number.NEGATIVE_INFINITY;
  answered = Number.NEGATIVE_INFINITY;
  failed = Number.NEGATIVE_INFINITY;
  /** Number of failures to its blame since it last worked. */
  streak = 0;
  /** Number of late connections in a row. */
  lates = 0;
  /** It connected without an answer, where other candidates got one: until it answers, connecting is no success. */
  mute = false;
  /** The name no longer has this address, as this actor's copy of the answers says: it is not dialled, but where it is kept. */
  moved: Move | undefined;
  /** Of a candidate that stands in for another address and has not been dialled since. If it never worked it has the times of that. */
  inherited: Inherited | undefined;
  /** The candidate that worked when this one was blamed last. */
  accuser: CandidateMemory | undefined;
  /** The last failure, which is not to its blame as long as no other candidate works at about the same time. */
  pending: RouteFailure | undefined;
  pendingAt = Number.NEGATIVE_INFINITY;
  /** By cause; undefined before the first failure. */
  failures: Map<RouteFailure, FailureTally> | undefined;
  /** How much its line carries, where what is remembered is that of a site with bulk transfers. */
  rates: LineRates | undefined;
  /** When this was last changed. */
  updated = Number.NEGATIVE_INFINITY;
  /** For the replica: when a connection, an answer and a failure were last reported. */
  connectReported = Number.NEGATIVE_INFINITY;
  answerReported = Number.NEGATIVE_INFINITY;
  failureReported = Number.NEGATIVE_INFINITY;

  constructor({ line, ip }: Candidate) {
    this.line = line;
    this.ip = ip;
  }

  /** It stands in for an address of its line that the name no longer has. No failure is inherited. */
  standIn(moved: CandidateMemory): void {
    if (this.#isUntried) {
      const { connect, firstByte } = moved;
      this.connect.set(connect.mean, connect.deviation, connect.samples);
      this.firstByte.set(firstByte.mean, firstByte.deviation, firstByte.samples);
    }
    this.inherited = { from: moved.ip, worked: moved.worked };
  }

  get #isUntried(): boolean {
    return this.worked === Number.NEGATIVE_INFINITY;
  }

  get gone(): boolean {
    return this.moved !== undefined;
  }

  /** It works by itself, with its own times. */
  #comesOfAge(): void {
    if (this.inherited === undefined) return;
    this.inherited = undefined;
    if (!this.#isUntried) return;
    this.connect.set(0, 0, 0);
    this.firstByte.set(0, 0, 0);
  }

  /** It has connected, which means that it works, unless it is mute. */
  connects(connect_ms: number, now: number): void {
    this.#comesOfAge();
    this.connect.add(connect_ms);
    if (this.mute) this.updated = now;
    else this.#works(now);
  }

  /** It begins again after a while in which another line was used. */
  forgetTimes(): void {
    this.connect.set(0, 0, 0);
    this.firstByte.set(0, 0, 0);
  }

  /** The destination's first byte came, `first_byte_ms` after the client's. */
  answers(first_byte_ms: number, now: number): void {
    this.#comesOfAge();
    this.firstByte.add(first_byte_ms);
    this.answered = now;
    this.mute = false;
    this.#works(now);
  }

  #works(now: number): void {
    this.successes += 1;
    this.worked = now;
    this.updated = now;
    this.streak = 0;
    this.lates = 0;
    this.pending = undefined;
  }

  /** Its line has carried bytes of a bulk transfer. */
  carries(way: Way, measured: Pick<Measured, 'bytes_s' | 'isExact'>, now: number): void {
    this.rates ??= noRates();
    this.rates[way].add(measured, now);
    this.worked = now;
    this.updated = now;
  }

  /** Remembers a failure that may be the destination's. */
  fails(cause: RouteFailure, now: number): void {
    this.pending = cause;
    this.pendingAt = now;
    this.updated = now;
  }

  /** The remembered failure is the candidate's own, since another candidate worked. */
  blame(now: number, accuser?: CandidateMemory): void {
    if (this.pending === undefined) return;
    this.accuser = accuser;
    const cause = this.pending;
    this.pending = undefined;
    this.failures ??= new Map();
    const tally = this.failures.get(cause);
    if (tally === undefined) this.failures.set(cause, { count: 1, at: this.pendingAt });
    else {
      tally.count += 1;
      tally.at = this.pendingAt;
    }
    this.updated = now;
    if (cause === 'late') {
      this.lates += 1;
      if (this.lates < LATE_MIN) return;
    }
    if (needsAnswer(cause)) this.mute = true;
    // Many simultaneous connections that all fail count as one failure.
    if (!this.isFailing(this.pendingAt)) this.streak += 1;
    this.failed = this.pendingAt;
  }

  /** The link of its line came back: what failed because it was down counts no longer. */
  linkCameBack(outage: Outage): void {
    if (this.pending !== undefined && isOfLink(this.pending, this.pendingAt, outage)) this.pending = undefined;
    if (this.streak === 0) return;
    for (const [cause, { at }] of this.failures ?? []) {
      if (at !== this.failed || !isOfLink(cause, at, outage)) continue;
      this.streak = 0;
      this.lates = 0;
      this.mute = false;
    }
  }

  /** Whether this candidate, having worked at about that time, proves that such a failure of another one is its own. */
  accuses(cause: RouteFailure, now: number): boolean {
    const at = needsAnswer(cause) ? this.answered : this.worked;
    // A candidate that has failed since proves nothing: it may be the destination.
    return now - at <= BLAME_WINDOW_MS && at >= this.pendingAt;
  }

  /**
   * Whether it may be tried first and alone: it worked within `ttl_ms`, and no failure counts against it. With `sticky` one
   * that may be the destination's own does not count.
   */
  isUsable(now: number, ttl_ms: number, sticky = false): boolean {
    if (this.gone || !this.isWell(now, ttl_ms)) return false;
    const isDoubtful = this.pending !== undefined && this.pending !== 'late';
    return !isDoubtful || (sticky && this.inherited === undefined);
  }

  /** Whether a name that has other addresses by now keeps this one, since it works and nothing has gone wrong. */
  mayStay(now: number, ttl_ms: number): boolean {
    return this.moved?.to !== undefined && this.isWell(now, ttl_ms) && !this.isDoubted(now);
  }

  /** The candidate that proved its last failure to be its own was no address of the destination: that proves nothing. */
  forgive(): void {
    this.streak = 0;
    this.lates = 0;
    this.mute = false;
    this.accuser = undefined;
  }

  /** It worked within `ttl_ms`, and no failure to its blame counts, whether or not its name still has the address. */
  isWell(now: number, ttl_ms: number): boolean {
    return now - (this.inherited?.worked ?? this.worked) < ttl_ms && !this.isFailing(now);
  }

  /** Whether it has failed, and has not worked since. */
  isDoubted(now: number): boolean {
    return (this.pending !== undefined && this.pending !== 'late') || this.isFailing(now);
  }

  /** Whether it has worked since its last failure; until then, a dearer one that works is not left for it. */
  get isProven(): boolean {
    return this.streak === 0 && !this.mute;
  }

  /** Whether its failures still count. */
  isFailing(now: number): boolean {
    return this.streak > 0 && now < this.failingUntil;
  }

  /** Until when its failures count; of use only where there are some. */
  get failingUntil(): number {
    return this.failed + Math.min(FAILING_MS * 2 ** (this.streak - 1), FAILING_MAX_MS);
  }

  /** The cause of the last failure to its blame; undefined where it has not been told. */
  get lastBlamed(): RouteFailure | undefined {
    let last: [RouteFailure, FailureTally] | undefined;
    for (const one of this.failures ?? []) if (last === undefined || one[1].at >= last[1].at) last = one;
    return last?.[0];
  }
}
