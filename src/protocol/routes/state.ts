// Converts what is remembered of a destination to plain values, for messages between actors and for the state file, and back.
// Times are ages, since threads have different clocks. Nothing here throws, whatever its argument.
import { formatIp, parseIp } from '../address/address.js';
import {
  isRatesState,
  isTrafficState,
  type LineRatesState,
  ratesOfState,
  ratesState,
  type TrafficState,
  trafficOfState,
  trafficState,
} from '../bulk/state.js';
import { CandidateMemory, type Move, ROUTE_FAILURES, type RouteFailure } from './candidate-memory.js';
import { CANDIDATES_MAX, DestinationMemory } from './destination-memory.js';
import type { Estimate } from './estimate.js';
import { Homecoming } from './homecoming.js';

/** A year, longer than anything that is remembered: a larger time would be waited for. */
const TIME_MAX_MS = 31_536_000_000;

/** Room for the longest name and a user with a tag. */
export const KEY_MAX = 1024;

/** A smoothed time: mean and deviation in ms, and the number of measurements. */
export type EstimateState = readonly [mean_ms: number, deviation_ms: number, samples: number];

export interface FailureState {
  readonly cause: RouteFailure;
  readonly count: number;
  readonly age_ms: number;
}

export interface PendingState {
  readonly cause: RouteFailure;
  readonly age_ms: number;
}

/** Since when its name no longer has the address, and which it had in its place; null for none. */
export interface MovedState {
  readonly age_ms: number;
  readonly to: string | null;
}

export interface CandidateState {
  readonly line: number;
  readonly address: string;
  readonly connect: EstimateState;
  readonly first_byte: EstimateState;
  readonly successes: number;
  /** Time since it last worked, got an answer, and failed to its blame; null for never. */
  readonly worked_age_ms: number | null;
  readonly answered_age_ms: number | null;
  readonly failed_age_ms: number | null;
  /** Time since the last change. */
  readonly updated_age_ms: number;
  readonly streak: number;
  readonly lates: number;
  readonly mute: boolean;
  /** The last failure, if it is not known whose it was. */
  readonly pending: PendingState | null;
  readonly failures: readonly FailureState[];
  /** Absent where its name has the address, and in earlier states. */
  readonly moved?: MovedState;
  /** Of a site with bulk transfers. */
  readonly rates?: LineRatesState;
}

export interface RouteState {
  /** Its key: see destination-key.ts. */
  readonly destination: string;
  readonly candidates: readonly CandidateState[];
  /** Index of the best in `candidates`; -1 for none. */
  readonly best: number;
  /** Of a site with bulk transfers. */
  readonly traffic?: TrafficState;
  /** Of the trials of cheaper lines, where there are any. */
  readonly home?: HomeState;
  /** That its line is the best is what another gateway has said; absent where this gateway has seen it, or nobody has said it. */
  readonly hearsay?: true;
}

export interface HomeState {
  readonly age_ms: number;
  readonly tries: number;
}

/** The memory as plain values; `now` in ms of the clock of its times. */
export function stateOf(destination: string, memory: DestinationMemory, now: number): RouteState {
  return {
    destination,
    candidates: memory.candidates.map((candidate) => candidateState(candidate, now)),
    best: memory.best === undefined ? -1 : memory.candidates.indexOf(memory.best),
    ...(memory.traffic && { traffic: trafficState(memory.traffic) }),
    ...(memory.home === undefined ? {} : { home: homeState(memory.home, now) }),
    ...(memory.isHearsay ? { hearsay: true } : {}),
  };
}

const homeState = ({ at, tries }: Homecoming, now: number): HomeState => ({ age_ms: whole(now - at), tries });

function candidateState(candidate: CandidateMemory, now: number): CandidateState {
  const { line, ip, successes, streak, lates, mute, pending, moved, rates } = candidate;
  return {
    line,
    address: formatIp(ip),
    connect: estimateState(candidate.connect),
    first_byte: estimateState(candidate.firstByte),
    successes,
    worked_age_ms: ageOf(candidate.worked, now),
    answered_age_ms: ageOf(candidate.answered, now),
    failed_age_ms: ageOf(candidate.failed, now),
    updated_age_ms: ageOf(candidate.updated, now) ?? 0,
    streak,
    lates,
    mute,
    pending: pending === undefined ? null : { cause: pending, age_ms: whole(now - candidate.pendingAt) },
    failures: [...(candidate.failures ?? [])].map(([cause, { count, at }]) => ({
      cause,
      count,
      age_ms: whole(now - at),
    })),
    ...(moved === undefined ? {} : { moved: movedState(moved, now) }),
    ...(rates === undefined ? {} : { rates: ratesState(rates, now) }),
  };
}

const movedState = ({ at, to }: Move, now: number): MovedState => ({
  age_ms: whole(now - at),
  to: to === undefined ? null : formatIp(to),
});

const estimateState = ({ mean, deviation, samples }: Estimate): EstimateState => [
  hundredths(mean),
  hundredths(deviation),
  samples,
];

const ageOf = (at: number, now: number): number | null => (at === Number.NEGATIVE_INFINITY ? null : whole(now - at));

// Meaningless digits would be half of a message.
const whole = (age_ms: number): number => Math.min(Math.max(0, Math.round(age_ms)), TIME_MAX_MS);
const hundredths = (value_ms: number): number => Math.min(Math.round(value_ms * 100) / 100, TIME_MAX_MS);

/** The memory that a state describes. Candidates of lines with numbers from `lines` on are left out. */
export function memoryOf(state: RouteState, now: number, lines: number): DestinationMemory {
  const memory = new DestinationMemory();
  if (state.home !== undefined) memory.home = new Homecoming(now - state.home.age_ms, state.home.tries);
  for (const [place, told] of state.candidates.slice(0, CANDIDATES_MAX).entries()) {
    const ip = parseIp(told.address);
    if (ip === undefined || told.line >= lines) continue;
    const candidate = new CandidateMemory({ line: told.line, ip });
    if (memory.find(candidate) !== undefined) continue;
    fill(candidate, told, now);
    memory.candidates.push(candidate);
    memory.worked = Math.max(memory.worked, candidate.worked);
    memory.touched = Math.max(memory.touched, candidate.updated);
    if (place === state.best) memory.best = candidate;
  }
  if (state.traffic !== undefined) memory.traffic = trafficOfState(state.traffic);
  memory.isHearsay = state.hearsay === true;
  return memory;
}

function fill(candidate: CandidateMemory, told: CandidateState, now: number): void {
  const at = (age_ms: number | null): number => (age_ms === null ? Number.NEGATIVE_INFINITY : now - age_ms);
  candidate.connect.set(...told.connect);
  candidate.firstByte.set(...told.first_byte);
  candidate.successes = told.successes;
  candidate.worked = at(told.worked_age_ms);
  candidate.answered = at(told.answered_age_ms);
  candidate.failed = at(told.failed_age_ms);
  candidate.updated = at(told.updated_age_ms);
  candidate.streak = told.streak;
  candidate.lates = told.lates;
  candidate.mute = told.mute;
  if (told.moved !== undefined) {
    const { age_ms, to } = told.moved;
    candidate.moved = { at: at(age_ms), to: to === null ? undefined : parseIp(to) };
  }
  if (told.rates !== undefined) candidate.rates = ratesOfState(told.rates, now);
  if (told.pending !== null) {
    candidate.pending = told.pending.cause;
    candidate.pendingAt = at(told.pending.age_ms);
  }
  if (told.failures.length > 0)
    candidate.failures = new Map(told.failures.map(({ cause, count, age_ms }) => [cause, { count, at: at(age_ms) }]));
}

/** Checks values from outside the process. */
export function isRouteState(value: unknown): value is RouteState {
  if (!isRecord(value)) return false;
  const { destination, candidates, best, traffic, home, hearsay } = value;
  return (
    typeof destination === 'string' &&
    destination.length <= KEY_MAX &&
    Array.isArray(candidates) &&
    candidates.length <= CANDIDATES_MAX &&
    candidates.every(isCandidateState) &&
    isWhole(best, -1, candidates.length - 1) &&
    (traffic === undefined || isTrafficState(traffic)) &&
    (home === undefined || (isRecord(home) && isTime(home['age_ms']) && isCount(home['tries']))) &&
    (hearsay === undefined || hearsay === true)
  );
}

function isCandidateState(value: unknown): value is CandidateState {
  if (!isRecord(value)) return false;
  const { line, address, connect, first_byte, mute, pending, failures, moved, rates } = value;
  return (
    isCount(line) &&
    typeof address === 'string' &&
    parseIp(address) !== undefined &&
    isEstimate(connect) &&
    isEstimate(first_byte) &&
    ['successes', 'streak', 'lates'].every((key) => isCount(value[key])) &&
    ['worked_age_ms', 'answered_age_ms', 'failed_age_ms'].every((key) => value[key] === null || isTime(value[key])) &&
    isTime(value['updated_age_ms']) &&
    typeof mute === 'boolean' &&
    (pending === null || isPendingState(pending)) &&
    Array.isArray(failures) &&
    failures.length <= ROUTE_FAILURES.length &&
    failures.every(isFailureState) &&
    (moved === undefined || isMovedState(moved)) &&
    (rates === undefined || isRatesState(rates))
  );
}

function isMovedState(value: unknown): value is MovedState {
  if (!isRecord(value) || !isTime(value['age_ms'])) return false;
  const { to } = value;
  return to === null || (typeof to === 'string' && parseIp(to) !== undefined);
}

function isPendingState(value: unknown): value is PendingState {
  return isRecord(value) && ROUTE_FAILURES.includes(value['cause'] as RouteFailure) && isTime(value['age_ms']);
}

function isFailureState(value: unknown): value is FailureState {
  return isPendingState(value) && isRecord(value) && isWhole(value['count'], 1, Number.MAX_SAFE_INTEGER);
}

function isEstimate(value: unknown): value is EstimateState {
  if (!Array.isArray(value) || value.length !== 3) return false;
  return isTime(value[0]) && isTime(value[1]) && isCount(value[2]);
}

const isCount = (value: unknown): value is number => isWhole(value, 0, Number.MAX_SAFE_INTEGER);

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= TIME_MAX_MS;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
