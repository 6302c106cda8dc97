// The memory of one destination: its candidates, and which of them is best. The best one stays the best until it fails, or
// until another is clearly better (some sites bind a login to an address). A failure blames a candidate only when another
// one works at about the same time: a site that is down blames no candidate. Where some lines are preferred, a candidate of a
// lower tier goes before one of a higher, and times are compared with the costs: see better.ts. Pure.
import type { Rates } from '../bulk/compare.js';
import { Traffic } from '../bulk/traffic.js';
import type { Measured, Way } from '../bulk/transfer.js';
import { type Candidate, sameCandidate } from '../lines/candidate.js';
import type { Preferences } from '../lines/preferences.js';
import { cheapestProven, isPreferred, isUnproven } from './better.js';
import {
  BLAME_WINDOW_MS,
  CandidateMemory,
  type How,
  isAbout,
  type Outage,
  type RouteFailure,
} from './candidate-memory.js';
import { forgetHearsay } from './hearsay.js';
import { Homecoming } from './homecoming.js';
import type { RouteEvent } from './route-event.js';

const NEVER = Number.NEGATIVE_INFINITY;

/** What a destination needs to know of a line. */
export interface LineView {
  mayUse(line: number): boolean;
  /** Whether it answers before it is connected. */
  answersEarly(line: number): boolean;
  /** The last time that its link came back; undefined where it never did. */
  outage(line: number): Outage | undefined;
  /** The addresses that the line may dial now, where a race asks. */
  addressesOf?(line: number): readonly Uint8Array[];
  /** Undefined where all lines are alike. */
  readonly preferences?: Preferences | undefined;
}

/** Most candidates of one destination; the one that changed longest ago is dropped, but never the best. */
export const CANDIDATES_MAX = 32;

export class DestinationMemory {
  readonly candidates: CandidateMemory[] = [];
  best: CandidateMemory | undefined;
  /** Of a site: of what kind its traffic is; undefined where none came in bulk. */
  traffic: Traffic | undefined;
  /** The trials of cheaper lines than the one that carries it; undefined where none did. */
  home: Homecoming | undefined;
  /** The best one that has lost its place by failing, and when. */
  #lost: { readonly best: CandidateMemory; readonly at: number } | undefined;
  /** When any of them last worked. */
  worked = NEVER;
  /** When there was last any event of them. */
  touched = NEVER;
  /** When all of them last raced. */
  raced = NEVER;
  /** Another gateway has said which line to begin with, and no other has had its turn: all are still to race. */
  isHearsay = false;
  /** For the replica: when to compare the addresses of candidates with those of their names. */
  checkAt = NEVER;
  /** The number of changes of the machine's files that the last comparison has taken into account. */
  checkedAfter = 0;
  /** For the table: when it was last moved to its place in the order of use. */
  placed = NEVER;

  find(candidate: Candidate): CandidateMemory | undefined {
    for (const known of this.candidates) if (sameCandidate(known, candidate)) return known;
    return undefined;
  }

  /**
   * The candidate to begin with, alone; undefined if none is known to work. With `sticky` the best one is kept as long as it
   * works, however much faster another is, also when its name has moved, and then another one of its line. The same line goes
   * on for a name that has moved. `rates`: what lines carry, where the destination is one of bulk transfers.
   */
  choose(
    now: number,
    ttl_ms: number,
    lines: LineView,
    sticky: boolean,
    rates?: Rates | undefined,
  ): CandidateMemory | undefined {
    for (const one of this.candidates) {
      const outage = lines.outage(one.line);
      if (outage !== undefined) this.#linkCameBack(one, outage);
    }
    const { best } = this;
    let chosen = best !== undefined && isUsable(best, now, ttl_ms, lines, sticky) ? best : undefined;
    if (sticky && chosen === undefined && best?.mayStay(now, ttl_ms) && lines.mayUse(best.line)) return best;
    if (chosen !== undefined && sticky) return chosen;
    const { preferences } = lines;
    const proven =
      preferences && cheapestProven(this.candidates, preferences, (one) => isUsable(one, now, ttl_ms, lines, sticky));
    if (chosen !== undefined && isUnproven(chosen, proven, preferences)) chosen = undefined;
    const kept = sticky || best?.gone ? best?.line : undefined;
    for (const other of this.candidates) {
      if (other === chosen || !isUsable(other, now, ttl_ms, lines, sticky)) continue;
      if (isUnproven(other, proven, preferences)) continue;
      if (chosen === undefined || isPreferred(other, chosen, kept, lines, sticky, rates)) chosen = other;
    }
    // A best candidate whose line must not be used at this moment keeps its place, but where another one is to be kept now.
    const isKept = best !== undefined && !lines.mayUse(best.line) && !(sticky && chosen !== undefined);
    if (isKept || best === chosen) return chosen;
    if (!sticky && best?.isFailing(now)) this.#lost = { best, at: now };
    this.best = chosen;
    return chosen;
  }

  /** One that was the best before it failed by its link is the best again. */
  #linkCameBack(one: CandidateMemory, outage: Outage): void {
    one.linkCameBack(outage);
    if (this.#lost?.best !== one || !isAbout(this.#lost.at, outage)) return;
    this.best = one;
    this.#lost = undefined;
  }

  /** Where none can be chosen: the line that worked last, of whose addresses the name no longer has any. */
  lineWithoutAddress(now: number, ttl_ms: number, lines: LineView): number | undefined {
    let last: CandidateMemory | undefined;
    for (const one of this.candidates) {
      if (!one.isWell(now, ttl_ms) || !lines.mayUse(one.line)) continue;
      if (last === undefined || one.worked > last.worked) last = one;
    }
    return last?.line;
  }

  /**
   * How long a candidate may take to answer before it is late, in ms. A candidate without an answer is judged by the slowest
   * of the others, since the server is the same; at most `unknown_ms`, which also holds if none has answered.
   */
  answersWithin(candidate: Candidate, margin_ms: number, unknown_ms: number): number {
    const own = this.find(candidate)?.firstByte;
    if (own !== undefined && own.samples > 0) return own.late(margin_ms, unknown_ms);
    let slowest = 0;
    for (const { firstByte } of this.candidates) {
      if (firstByte.samples > 0) slowest = Math.max(slowest, firstByte.late(margin_ms, unknown_ms));
    }
    return slowest === 0 ? unknown_ms : Math.min(slowest, unknown_ms);
  }

  /** It has connected. For a line that answers early, or was told of where something is known, this proves nothing. */
  connected(candidate: Candidate, connect_ms: number, now: number, lines: LineView, how?: How): CandidateMemory {
    const isTold = how?.race === 'told';
    if (isTold && this.worked === NEVER) this.isHearsay = true;
    const isFirst = how?.race === 'whole' && this.isHearsay;
    if (isFirst) this.#allRace();
    const known = this.#open(candidate, now);
    if (how?.anew) known.forgetTimes();
    if (lines.answersEarly(candidate.line) || (isTold && !this.isHearsay)) {
      known.updated = now;
      return known;
    }
    known.connects(connect_ms, now);
    if (known.mute) return known;
    this.#worked(known, now);
    // As in any first race.
    if (isFirst) this.best = known;
    return known;
  }

  /** It is no hearsay any more: from here on it is as if the line that another gateway told of had never led. */
  #allRace(): void {
    this.isHearsay = false;
    this.best = undefined;
    this.#lost = undefined;
    forgetHearsay(this.candidates);
  }

  /** The destination's first byte came `first_byte_ms` after the client's first bytes had been sent to it. */
  answered(candidate: Candidate, first_byte_ms: number, now: number): CandidateMemory {
    const known = this.#open(candidate, now);
    known.answers(first_byte_ms, now);
    this.#worked(known, now);
    return known;
  }

  /** It has failed, to its blame if another candidate worked at about the same time. */
  failed(candidate: Candidate, cause: RouteFailure, now: number): CandidateMemory {
    const known = this.#open(candidate, now);
    known.fails(cause, now);
    const accuser = this.candidates.find((other) => other !== known && other.accuses(cause, now));
    if (accuser !== undefined) known.blame(now, accuser);
    return known;
  }

  /** A cheaper line than the one that carries the destination is tried. */
  tried(now: number): void {
    this.touched = now;
    this.home ??= new Homecoming(now);
    this.home.begins(now);
  }

  /** Of a site: a line has carried a part of a bulk transfer. */
  carried(line: Candidate, way: Way, measured: Measured, now: number): CandidateMemory {
    const known = this.#open(line, now);
    known.carries(way, measured, now);
    this.worked = now;
    this.traffic ??= new Traffic();
    this.traffic.add(way, measured.bytes);
    return known;
  }

  /** Of a site with bulk transfers: a line has carried bytes that did not come in bulk. */
  trickled(line: Candidate, bytes: number, now: number): CandidateMemory {
    this.traffic?.add('other', bytes);
    return this.#open(line, now);
  }

  /** Returns the candidate; undefined where the event is of one that is not known. */
  apply(event: RouteEvent, now: number, lines: LineView): CandidateMemory | undefined {
    switch (event.kind) {
      case 'connected':
        return this.connected(event, event.connect_ms, now, lines, event);
      case 'answered':
        return this.answered(event, event.first_byte_ms, now);
      case 'failed':
        return this.failed(event, event.cause, now);
      case 'carried':
        return this.carried(event, event.way, event, now);
      case 'trickled':
        return this.trickled(event, event.bytes, now);
      case 'moved':
      case 'back': {
        const known = this.find(event);
        if (known === undefined) return undefined;
        known.moved = event.kind === 'moved' ? { at: now, to: event.to } : undefined;
        known.updated = now;
        return known;
      }
      case 'tried':
        this.tried(now);
        return undefined;
      default:
        return event satisfies never;
    }
  }

  /**
   * Takes over what another actor knows, where it is newer than what is known here. With `sticky` its choice, too, so that all
   * actors keep the same line.
   */
  adopt(told: DestinationMemory, sticky = false): void {
    if (this.isHearsay !== told.isHearsay) (this.isHearsay ? this : told).#allRace();
    this.worked = Math.max(this.worked, told.worked);
    this.touched = Math.max(this.touched, told.touched);
    this.traffic = told.traffic ?? this.traffic;
    if (told.home !== undefined && !(this.home !== undefined && this.home.at >= told.home.at)) this.home = told.home;
    for (const theirs of told.candidates) {
      const place = this.candidates.findIndex((known) => sameCandidate(known, theirs));
      if (place < 0) {
        if (this.candidates.length < CANDIDATES_MAX) this.candidates.push(theirs);
        // By this actor's answers its name may have moved.
        this.checkAt = NEVER;
      } else if (theirs.updated > this.candidates[place].updated) {
        const mine = this.candidates[place];
        theirs.connectReported = mine.connectReported;
        theirs.answerReported = mine.answerReported;
        theirs.failureReported = mine.failureReported;
        if (theirs.gone !== mine.gone) this.checkAt = NEVER;
        theirs.moved = mine.moved;
        theirs.accuser = mine.accuser;
        this.candidates[place] = theirs;
      }
    }
    // Else this actor's own choice stays, as long as it works.
    const best = sticky ? (told.best ?? this.best) : (this.best ?? told.best);
    this.best = best === undefined ? undefined : this.find(best);
  }

  #worked(known: CandidateMemory, now: number): void {
    this.worked = now;
    for (const other of this.candidates) {
      if (other === known || other.pending === undefined || now - other.pendingAt > BLAME_WINDOW_MS) continue;
      if (known.accuses(other.pending, now)) other.blame(now, known);
    }
  }

  #open(candidate: Candidate, now: number): CandidateMemory {
    this.touched = now;
    const found = this.find(candidate);
    if (found !== undefined) return found;
    if (this.candidates.length >= CANDIDATES_MAX) this.#evict();
    const known = new CandidateMemory(candidate);
    this.candidates.push(known);
    return known;
  }

  #evict(): void {
    let oldest = this.candidates[0] === this.best ? 1 : 0;
    for (let i = oldest + 1; i < this.candidates.length; i += 1) {
      if (this.candidates[i] !== this.best && this.candidates[i].updated < this.candidates[oldest].updated) oldest = i;
    }
    this.candidates.splice(oldest, 1);
  }
}

function isUsable(one: CandidateMemory, now: number, ttl_ms: number, lines: LineView, sticky: boolean): boolean {
  return one.isUsable(now, ttl_ms, sticky) && lines.mayUse(one.line);
}
