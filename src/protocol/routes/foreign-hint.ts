// What another gateway of the site tells of a destination that is met for the first time: with which of this gateway's own candidates
// to begin. It is never more than an order. Everything is still tried, nothing of it is remembered, and what this gateway sees for
// itself (the state of its lines, its neighbours of the destination) goes before it. Pure.
import type { Preferences } from '../lines/preferences.js';
import { ALONE_MAX_MS } from './hints.js';

/** Of a hint, what the order is made of; numbers of lines are of this gateway. */
export interface ForeignWord {
  readonly line: number;
  readonly ip: Uint8Array | undefined;
  /** 0 where it is not known. */
  readonly connect_ms: number;
  readonly mute: readonly number[];
}

/** What this gateway knows of its lines itself. */
export interface OwnLines {
  mayUse(line: number): boolean;
  answersEarly(line: number): boolean;
  isDead(line: number): boolean;
  readonly preferences: Preferences | undefined;
}

/** What another gateway says beside the line. */
export interface ToldBeside {
  /** The address that works there: it goes first where it is one of the line's candidates. */
  readonly ip: Uint8Array | undefined;
  /** Lines that connect there without an answer: they wait until then, longer than the others. */
  readonly mute: readonly number[];
  readonly muteUntil: number;
}

/** How a race begins: see `RacePlan.hint`. */
export interface Beginning {
  readonly line: number;
  readonly until: number;
  readonly passes: boolean;
  readonly beside: ToldBeside;
}

/** Of one measurement a deviation of half of it is assumed, and four deviations are usual (estimate.ts). */
const LATE_TIMES = 3;

/** Undefined where this gateway knows better. `margin_ms`: what a candidate gets beyond what its history allows. */
export function beginningOf(
  { line, ip, connect_ms, mute }: ForeignWord,
  { mayUse, answersEarly, isDead, preferences }: OwnLines,
  margin_ms: number,
  now: number,
): Beginning | undefined {
  if (!mayUse(line) || isDead(line)) return undefined;
  const muteUntil = now + ALONE_MAX_MS;
  // Where lines are preferred, their tiers and costs say who waits for whom: no word of another gateway makes a dearer line begin.
  if (preferences !== undefined) return { line, until: now, passes: false, beside: { ip, mute: [], muteUntil: now } };
  const beside = { ip, mute, muteUntil };
  // That it has connected says nothing.
  if (answersEarly(line)) return { line, until: now, passes: false, beside };
  const late_ms = connect_ms > 0 ? connect_ms * LATE_TIMES + margin_ms : ALONE_MAX_MS;
  const alone_ms = Math.min(late_ms, ALONE_MAX_MS);
  return { line, until: now + alone_ms, passes: false, beside };
}
