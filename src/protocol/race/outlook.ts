// What a race that began now would do with each line and address, and why: for `tcproute explain`. It decides nothing. What is
// decided comes from the race's own functions (the choice of the lead, what the plan is offered, the health of lines), and
// this file finds the reasons by asking the same values that they ask. Pure; times are in ms, and relative to now.
import { formatIp } from '../address/address.js';
import { type Candidate, sameCandidate } from '../lines/candidate.js';
import type { Line } from '../lines/line.js';
import type { Preference } from '../lines/preference.js';
import type { CandidateMemory, RouteFailure } from '../routes/candidate-memory.js';
import type { DestinationMemory } from '../routes/destination-memory.js';
import type { FailureCode } from './failure.js';
import type { LineHealth } from './line-health.js';
import type { PlanRules } from './plan.js';

/**
 * When something is tried. `first`: at once and alone. `others`: at once where nothing goes first, else when that is late or has
 * failed. `last`: when nothing else is left. `never`: not in this race.
 */
export type Turn = 'first' | 'others' | 'last' | 'never';
const TURNS: readonly Turn[] = ['first', 'others', 'last', 'never'];

/** Why a line or an address has its turn. */
export type Reason =
  // Of a line.
  | { readonly kind: 'kept-away-by-rule' }
  | { readonly kind: 'not-for-user' }
  | { readonly kind: 'link-down' }
  | { readonly kind: 'circuit-open'; readonly failures: number; readonly for_ms: number }
  | { readonly kind: 'circuit-trial'; readonly failures: number }
  | { readonly kind: 'answers-early' }
  | { readonly kind: 'another-is-kept'; readonly line: string }
  | { readonly kind: 'kept' }
  // Of an address.
  | { readonly kind: 'best' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'not-better' }
  | { readonly kind: 'race-is-due'; readonly raced_ms: number | undefined }
  | {
      readonly kind: 'failing';
      readonly cause: RouteFailure | undefined;
      readonly failures: number;
      readonly for_ms: number;
    }
  | { readonly kind: 'failed-lately'; readonly cause: RouteFailure; readonly ago_ms: number }
  | { readonly kind: 'mute' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'worked-too-long-ago'; readonly ago_ms: number }
  | { readonly kind: 'suspect-address' }
  | { readonly kind: 'forbidden'; readonly cause: FailureCode };

/** What is remembered of an address of a line for this destination; undefined for what has not been measured. */
export interface AddressOutlook {
  readonly address: string;
  readonly turn: Turn;
  readonly why: readonly Reason[];
  readonly connect_ms: number | undefined;
  readonly first_byte_ms: number | undefined;
  /** When it last worked. */
  readonly worked_ms: number | undefined;
}

export interface LineOutlook extends Preference {
  readonly line: string;
  readonly turn: Turn;
  readonly why: readonly Reason[];
  readonly addresses: readonly AddressOutlook[];
}

export interface Outlook {
  /** How long the one that goes first may take before the others start; undefined where nothing goes first. */
  readonly alone_ms: number | undefined;
  /** The time between two starts of the others; 0: all at once. */
  readonly stagger_ms: number;
  /** In the order of their turns. */
  readonly lines: readonly LineOutlook[];
}

/** What the race offers to its plan. */
export interface Offered {
  readonly candidate: Candidate;
  readonly isLast: boolean;
}

/** What the race leaves out. */
export interface LeftOut {
  readonly candidate: Candidate;
  readonly cause: FailureCode;
}

/** A line, and whether the race may choose it. */
export interface AskedLine extends Pick<Line, 'number' | 'name' | keyof Preference> {
  readonly barred: 'kept-away-by-rule' | 'not-for-user' | undefined;
}

export interface Asked {
  readonly lines: readonly AskedLine[];
  /** Undefined where nothing is remembered, or there is no choice. */
  readonly memory: DestinationMemory | undefined;
  /** The one that goes first and alone, and how much longer than others it may take. */
  readonly lead: CandidateMemory | undefined;
  readonly patience_ms: number;
  /** The line that a sticky rule keeps. */
  readonly kept: number | undefined;
  readonly offered: readonly Offered[];
  readonly leftOut: readonly LeftOut[];
  readonly isSuspect: (candidate: Candidate) => boolean;
  readonly health: Pick<LineHealth, 'mayUse' | 'answersEarly' | 'circuit' | 'isLinkDown'>;
  readonly rules: PlanRules;
  readonly ttl_ms: number;
  /** All candidates race again after this time; 0: never for this reason. */
  readonly refresh_ms: number;
}

export function outlookOf(asked: Asked, now: number): Outlook {
  const { lead, rules, patience_ms } = asked;
  const lines = asked.lines.map((line) => lineOutlook(line, asked, now));
  const alone_ms = lead && rounded(lead.connect.late(rules.margin_ms, rules.unknown_ms) + patience_ms);
  return { alone_ms, stagger_ms: rules.stagger_ms, lines: byTurn(lines) };
}

const byTurn = <One extends { readonly turn: Turn }>(all: readonly One[]): One[] =>
  [...all].sort((a, b) => TURNS.indexOf(a.turn) - TURNS.indexOf(b.turn));

function lineOutlook(line: AskedLine, asked: Asked, now: number): LineOutlook {
  const { number, name, tier, cost_ms, weight, barred } = line;
  const named = { line: name, tier, cost_ms, weight };
  if (barred !== undefined) return { ...named, turn: 'never', why: [{ kind: barred }], addresses: [] };
  const { offered, leftOut, memory } = asked;
  const known = memory?.candidates ?? [];
  const all = [...offered, ...leftOut].map(({ candidate }) => candidate);
  const forgotten = known.filter((one) => !all.some((other) => sameCandidate(one, other)));
  const own = [...all, ...forgotten].filter((one) => one.line === number);
  const addresses = byTurn(own.map((candidate) => addressOutlook(candidate, asked, now)));
  return { ...named, turn: addresses[0]?.turn ?? 'never', why: reasonsOfLine(number, asked, now), addresses };
}

function reasonsOfLine(line: number, { lines, kept, health }: Asked, now: number): Reason[] {
  const reasons: Reason[] = [];
  if (kept === line) reasons.push({ kind: 'kept' });
  else if (kept !== undefined)
    reasons.push({ kind: 'another-is-kept', line: lines.find(({ number }) => number === kept)?.name ?? '' });
  const circuit = health.circuit(line, now);
  if (health.isLinkDown(line)) reasons.push({ kind: 'link-down' });
  else if (circuit !== undefined) {
    const { failures } = circuit;
    const for_ms = rounded(circuit.for_ms);
    reasons.push(
      health.mayUse(line, now) ? { kind: 'circuit-trial', failures } : { kind: 'circuit-open', failures, for_ms },
    );
  }
  if (health.answersEarly(line, now)) reasons.push({ kind: 'answers-early' });
  return reasons;
}

function addressOutlook(candidate: Candidate, asked: Asked, now: number): AddressOutlook {
  const known = asked.memory?.find(candidate);
  return {
    address: formatIp(candidate.ip),
    turn: turnOf(candidate, asked),
    why: reasonsOf(candidate, known, asked, now),
    connect_ms: known && measured(known.connect),
    first_byte_ms: known && measured(known.firstByte),
    worked_ms: known && since(known.worked, now),
  };
}

/** Undefined for what has never been. */
const since = (at: number, now: number): number | undefined =>
  at === Number.NEGATIVE_INFINITY ? undefined : rounded(now - at);

const rounded = (time_ms: number): number => Math.round(time_ms * 100) / 100;

const measured = ({ mean, samples }: { mean: number; samples: number }): number | undefined =>
  samples === 0 ? undefined : rounded(mean);

function turnOf(candidate: Candidate, { lead, offered }: Asked): Turn {
  if (lead !== undefined && sameCandidate(lead, candidate)) return 'first';
  const offer = offered.find((one) => sameCandidate(one.candidate, candidate));
  if (offer === undefined) return 'never';
  return offer.isLast ? 'last' : 'others';
}

function reasonsOf(candidate: Candidate, known: CandidateMemory | undefined, asked: Asked, now: number): Reason[] {
  const { lead, leftOut, isSuspect } = asked;
  if (lead !== undefined && sameCandidate(lead, candidate)) return [{ kind: 'best' }];
  const left = leftOut.find((one) => sameCandidate(one.candidate, candidate));
  if (left !== undefined) return [{ kind: 'forbidden', cause: left.cause }];
  const suspect: Reason[] = isSuspect(candidate) ? [{ kind: 'suspect-address' }] : [];
  return [...suspect, ...reasonsOfMemory(known, asked, now)];
}

/** Why one that is remembered does not go first, by the questions of `CandidateMemory.isUsable`. */
function reasonsOfMemory(known: CandidateMemory | undefined, asked: Asked, now: number): Reason[] {
  const { memory, lead, ttl_ms, refresh_ms } = asked;
  if (known === undefined || memory === undefined) return [{ kind: 'unknown' }];
  const reasons: Reason[] = [];
  if (known.gone) reasons.push({ kind: 'gone' });
  if (known.isFailing(now)) {
    const { streak, failingUntil, lastBlamed } = known;
    reasons.push({ kind: 'failing', cause: lastBlamed, failures: streak, for_ms: rounded(failingUntil - now) });
    if (known.mute) reasons.push({ kind: 'mute' });
  }
  if (known.pending !== undefined && known.pending !== 'late')
    reasons.push({ kind: 'failed-lately', cause: known.pending, ago_ms: rounded(now - known.pendingAt) });
  if (reasons.length > 0) return reasons;
  if (known.worked === Number.NEGATIVE_INFINITY) return [{ kind: 'unknown' }];
  if (!known.isWell(now, ttl_ms)) return [{ kind: 'worked-too-long-ago', ago_ms: rounded(now - known.worked) }];
  const isDue = lead === undefined && refresh_ms > 0 && now - memory.raced >= refresh_ms;
  return [isDue ? { kind: 'race-is-due', raced_ms: since(memory.raced, now) } : { kind: 'not-better' }];
}
