// Which of two candidates is better, by their times and, where some lines are preferred, by tiers and costs; for a
// destination of bulk transfers, within a tier, by what their lines carry. A cheaper one that
// has not worked since it failed is no choice while a dearer one is proven. Pure.
import { carriesMore, type Rates } from '../bulk/compare.js';
import type { Preferences } from '../lines/preferences.js';
import type { CandidateMemory } from './candidate-memory.js';
import { isClearlyLess } from './hysteresis.js';

/** What is asked of lines to compare candidates. */
export interface Compared {
  answersEarly(line: number): boolean;
  /** Undefined where all lines are alike. */
  readonly preferences?: Preferences | undefined;
}

/** The cheapest of those that may be chosen and have worked since they failed. */
export function cheapestProven(
  candidates: readonly CandidateMemory[],
  preferences: Preferences,
  isChoice: (one: CandidateMemory) => boolean,
): CandidateMemory | undefined {
  let cheapest: CandidateMemory | undefined;
  for (const one of candidates) {
    if (!one.isProven || !isChoice(one)) continue;
    if (cheapest === undefined || preferences.compare(one.line, cheapest.line) < 0) cheapest = one;
  }
  return cheapest;
}

/** `kept`: the line to stay on, where it has another address. `rates`: see `DestinationMemory.choose`. */
export function isPreferred(
  other: CandidateMemory,
  chosen: CandidateMemory,
  kept: number | undefined,
  lines: Compared,
  sticky: boolean,
  rates?: Rates | undefined,
): boolean {
  const { preferences } = lines;
  const isCheaper = !sticky && preferences !== undefined && preferences.compare(other.line, chosen.line) !== 0;
  if (isCheaper || (chosen.line === kept) === (other.line === kept)) return isBetter(other, chosen, lines, rates);
  return other.line === kept;
}

/** Whether it is cheaper than one that is proven, and is not proven itself. */
export function isUnproven(
  one: CandidateMemory,
  proven: CandidateMemory | undefined,
  preferences: Preferences | undefined,
): boolean {
  if (proven === undefined || preferences === undefined || one.isProven) return false;
  return preferences.compare(one.line, proven.line) < 0;
}

/** Whether `a` is so much faster than `b`, by what is known of both, that changing to it is worth it. */
function isBetter(a: CandidateMemory, b: CandidateMemory, lines: Compared, rates: Rates | undefined): boolean {
  // The earlier speed of a candidate that no longer answers means nothing.
  if (a.mute !== b.mute) return b.mute;
  const { preferences } = lines;
  const tiers = preferences === undefined ? 0 : preferences.tierOf(a.line) - preferences.tierOf(b.line);
  if (tiers !== 0) return tiers < 0;
  const byRates = rates && a.line !== b.line ? carriesMore(rates, a.line, b.line) : undefined;
  if (byRates !== undefined) return byRates;
  const times = comparable(a, b, lines);
  if (preferences === undefined) return times !== undefined && isClearlyLess(...times);
  const costs = [preferences.costOf(a.line), preferences.costOf(b.line)] as const;
  return times === undefined ? costs[0] < costs[1] : isClearlyLess(times[0] + costs[0], times[1] + costs[1]);
}

/** Times of both that measure the same thing: up to the first byte, or else up to the connection, if that is meaningful. */
function comparable(a: CandidateMemory, b: CandidateMemory, lines: Compared): [number, number] | undefined {
  if (a.firstByte.samples > 0 && b.firstByte.samples > 0) return [total(a), total(b)];
  if (a.mute || lines.answersEarly(a.line) || lines.answersEarly(b.line)) return undefined;
  if (a.connect.samples === 0 || b.connect.samples === 0) return undefined;
  return [a.connect.mean, b.connect.mean];
}

const total = ({ connect, firstByte }: CandidateMemory): number => connect.mean + firstByte.mean;
