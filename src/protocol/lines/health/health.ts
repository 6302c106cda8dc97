// What is known of the lines themselves, across all destinations: whether their link is up, whether their proxy can be reached (a
// circuit breaker with back-off and one trial at a time), whether they answer "connected" before they are, and whether they are
// dead. Pure: time is an argument.
import type { Outage } from '../../routes/candidate-memory.js';
import { LineDoubt } from './doubt.js';
import { EarlyAnswers } from './early-answers.js';
import { ForeignWord } from './foreign-word.js';
import type { LineFailure } from './line-failure.js';
import { ProxyPlaces } from './proxy-places.js';
import { LineTimes } from './times.js';

/** Failures in a row to reach a line's proxy before the line is left out. */
const OPEN_AFTER = 3;
/** How long the line is left out at first; twice as long after each trial that fails. */
const OPEN_MS = 1000;
const OPEN_MAX_MS = 60_000;
/** A trial without a reported outcome blocks the next one only for this time. */
const TRIAL_MS = 15_000;

/** What actors report to each other about a line. */
export type LineEvent = { readonly line: number } & (
  | { readonly kind: 'proxy-failed'; readonly why?: LineFailure }
  | { readonly kind: 'proxy-reached' }
  /** The name of its proxy has these addresses now, and none of those that failed. */
  | { readonly kind: 'proxy-moved'; readonly to: readonly string[] }
  | { readonly kind: 'early'; readonly early: boolean }
  /** Of the network interface or the address that it leaves by. `up`, also while it is up: it is worth trying now. */
  | { readonly kind: 'link'; readonly up: boolean }
  /** See doubt.ts. `for_ms`: how long ago the attempt began. */
  | { readonly kind: 'lost'; readonly network: number; readonly for_ms: number }
  | { readonly kind: 'hangs'; readonly network: number }
  /** Something came over it `ago_ms` ago; with `near`, from an address near by (address/network-number.ts). */
  | { readonly kind: 'works'; readonly near: boolean; readonly ago_ms: number }
  /** So many sessions over it hung and were ended, since it was dead or its link down. */
  | { readonly kind: 'cut'; readonly sessions: number }
  /** So many of the budgets that it shares are spent for this month. */
  | { readonly kind: 'budget'; readonly spent: number }
  /** See foreign-word.ts. `by`: the gateway that said so `ago_ms` ago. `for_ms`: how long that holds; 0: no more. */
  | { readonly kind: 'foreign-down'; readonly by: string; readonly ago_ms: number; readonly for_ms: number }
);

interface LineState {
  failures: number;
  /** Until when the line is left out; then one trial is made. */
  openUntil: number;
  openFor: number;
  /** When the current trial began. */
  trial: number;
  /** The addresses of the proxy: those that have failed since it was last reached, and those that its name has left. */
  readonly places: ProxyPlaces;
  readonly early: EarlyAnswers;
  /** When its link went down; undefined while that is up. */
  downSince: number | undefined;
  /** The last time that its link came back. */
  outage: Outage | undefined;
  readonly doubt: LineDoubt;
  /** What other gateways say against it. */
  readonly foreign: ForeignWord;
  spentBudgets: number;
}

export class LineHealth {
  /** By the number of the line. */
  readonly #lines: LineState[] = [];
  readonly times = new LineTimes();

  /** `lines` is greater than all numbers of lines. */
  constructor(lines: number) {
    this.grow(lines);
  }

  /** Makes room for further lines; `lines` is greater than all their numbers. */
  grow(lines: number): void {
    while (this.#lines.length < lines) {
      this.#lines.push({
        failures: 0,
        openUntil: Number.NEGATIVE_INFINITY,
        openFor: 0,
        trial: Number.NEGATIVE_INFINITY,
        places: new ProxyPlaces(),
        early: new EarlyAnswers(),
        downSince: undefined,
        outage: undefined,
        doubt: new LineDoubt(),
        foreign: new ForeignWord(),
        spentBudgets: 0,
      });
    }
  }

  /** Whether the line may take part in a race while others can: its link is up, and its circuit closed or a trial due. */
  mayUse(line: number, now: number): boolean {
    const state = this.#lines[line];
    if (state.downSince !== undefined) return false;
    return state.openFor === 0 || (now >= state.openUntil && now - state.trial >= TRIAL_MS);
  }

  /** Whether the link of the line is down or its circuit open, also during a trial. */
  isDown(line: number): boolean {
    return this.#lines[line].openFor > 0 || this.isLinkDown(line);
  }

  /** Whether the network interface or the address that it leaves by is gone. */
  isLinkDown(line: number): boolean {
    return this.#lines[line].downSince !== undefined;
  }

  /** The last time that its link came back; undefined where it never did. */
  outage(line: number): Outage | undefined {
    return this.#lines[line].outage;
  }

  /** How many of the budgets that the line shares are spent: it belongs to a tier that is higher by so many. */
  spentBudgets(line: number): number {
    return this.#lines[line].spentBudgets;
  }

  /** A link that is up, or has changed so that the line is worth trying, begins with a closed circuit. */
  linkIs(line: number, up: boolean, now: number): void {
    const state = this.#lines[line];
    if (!up) {
      state.downSince ??= now;
      return;
    }
    state.outage = { from: state.downSince ?? now, to: now };
    state.downSince = undefined;
    state.failures = 0;
    state.openFor = 0;
    state.trial = Number.NEGATIVE_INFINITY;
    state.doubt.forget();
  }

  /** For people: how often its proxy failed in a row, and for how long it is left out; undefined while the circuit is closed. */
  circuit(line: number, now: number): { readonly failures: number; readonly for_ms: number } | undefined {
    const { openFor, openUntil, failures } = this.#lines[line];
    return openFor === 0 ? undefined : { failures, for_ms: Math.max(0, openUntil - now) };
  }

  /** An attempt begins on the line; if the circuit is open, it is the trial. */
  begins(line: number, now: number): void {
    const state = this.#lines[line];
    if (state.openFor > 0 && now >= state.openUntil) state.trial = now;
  }

  /** Returns true if this changed something that the other actors need to know. */
  proxyReached(line: number): boolean {
    const state = this.#lines[line];
    if (state.failures === 0 && !state.places.isNew) return false;
    state.places.reached();
    state.failures = 0;
    state.openFor = 0;
    state.trial = Number.NEGATIVE_INFINITY;
    return true;
  }

  /**
   * The line's proxy could not be reached at an address: opens the circuit after OPEN_AFTER failures in a row. Returns false for an
   * address that its name has left, which does not count.
   */
  proxyFailed(line: number, now: number, address?: string): boolean {
    const state = this.#lines[line];
    if (address !== undefined && !state.places.failed(address)) return false;
    state.failures += 1;
    state.trial = Number.NEGATIVE_INFINITY;
    if (state.failures < OPEN_AFTER) return true;
    // Attempts that began before the circuit was opened tell nothing new.
    if (state.openFor > 0 && now < state.openUntil) return true;
    state.openFor = Math.min(state.openFor === 0 ? OPEN_MS : state.openFor * 2, OPEN_MAX_MS);
    state.openUntil = now + state.openFor;
    return true;
  }

  /** Whether it matters which addresses the name of the line's proxy has. */
  mayHaveMoved(line: number): boolean {
    return !this.#lines[line].places.isEmpty;
  }

  /**
   * The name of the line's proxy has these addresses now. Where all that failed are not among them, the line begins with a closed
   * circuit: returns true, and the other actors need to know.
   */
  proxyIsAt(line: number, addresses: readonly string[], whole: boolean): boolean {
    const state = this.#lines[line];
    if (!state.places.are(addresses, whole)) return false;
    state.failures = 0;
    state.openFor = 0;
    state.trial = Number.NEGATIVE_INFINITY;
    state.doubt.forget();
    return true;
  }

  /** Whether the line answers "connected" before it is. */
  answersEarly(line: number, now: number): boolean {
    return this.#lines[line].early.answersEarly(now);
  }

  /** Sets the result of the early probe, which asks for a destination that cannot answer. */
  setEarly(line: number, early: boolean, now: number): void {
    this.#lines[line].early.set(early, now);
  }

  /** The line connected without an answer, where another line got one. Returns true if it now counts as answering early. */
  silent(line: number, now: number): boolean {
    return this.#lines[line].early.silent(now);
  }

  /** A destination answered over the line. */
  answered(line: number): void {
    this.#lines[line].early.answered();
  }

  /**
   * Whether connections fail over the line now, to different networks or on the way of all, and other lines carry them: nothing
   * gets through, and sessions over it hang.
   */
  isDead(line: number, now: number): boolean {
    return this.#lines[line].doubt.isDead(now);
  }

  /** Something came over the line at `at`, perhaps only from near by. Returns true if the other actors need to know. */
  works(line: number, at: number, isNear: boolean): boolean {
    const { doubt, foreign } = this.#lines[line];
    const isAnswer = !isNear && foreign.works(at);
    return doubt.works(at, isNear) || isAnswer;
  }

  /** The gateway of the site that says that the line is down, where that counts: only a first contact lets others go before it. */
  foreignDown(line: number, now: number): string | undefined {
    return this.#lines[line].foreign.by(now);
  }

  /**
   * Another line has won a race in which an attempt over this one, which began at `began`, was silent or found no way. `network`:
   * of the address that it dialled, or WHOLE_LINE. Returns true if the other actors need to know.
   */
  lost(line: number, network: number, began: number, now: number): boolean {
    return this.#lines[line].doubt.lost(network, began, now);
  }

  /** A session over the line hangs: its peer acknowledges nothing. Returns true if the other actors need to know. */
  hangs(line: number, network: number, now: number): boolean {
    return this.#lines[line].doubt.hangs(network, now);
  }

  /** Whether anything speaks against the line as a whole. */
  isDoubted(line: number, now: number): boolean {
    return this.#lines[line].doubt.isDoubted(now);
  }

  /** Since when nothing has come over the line, where it is worth a look whether its sessions hang; undefined where it is not. */
  doubtedSince(line: number, now: number): number | undefined {
    return this.#lines[line].doubt.since(now);
  }

  /** Applies an event that another actor has reported. */
  apply(event: LineEvent, now: number): void {
    switch (event.kind) {
      case 'proxy-failed':
        this.proxyFailed(event.line, now, event.why?.address);
        break;
      case 'proxy-reached':
        this.proxyReached(event.line);
        break;
      case 'proxy-moved':
        this.proxyIsAt(event.line, event.to, true);
        break;
      case 'early':
        this.setEarly(event.line, event.early, now);
        break;
      case 'link':
        this.linkIs(event.line, event.up, now);
        break;
      case 'lost':
        this.#lines[event.line].doubt.wasLost(event.network, now - event.for_ms, now);
        break;
      case 'cut':
        break;
      case 'hangs':
        this.hangs(event.line, event.network, now);
        break;
      case 'works':
        this.works(event.line, now - event.ago_ms, event.near);
        break;
      case 'budget':
        this.#lines[event.line].spentBudgets = event.spent;
        break;
      case 'foreign-down':
        this.#lines[event.line].foreign.said(event, this.#lines[event.line].doubt.worked, now);
        break;
      default:
        event satisfies never;
    }
  }
}
