// What is remembered of a destination as plain values, for messages between actors and for the state file, and back.
// Times are ages, since no two threads have one clock. Nothing here throws on what it is given.
import { formatIp, parseIp } from './address.js';
import { CandidateMemory, ROUTE_FAILURES, type RouteFailure } from './candidate-memory.js';
import { CANDIDATES_MAX, DestinationMemory } from './destination-memory.js';

/** A smoothed time: mean and deviation in ms, and how many times it was measured. */
export type EstimateState = readonly [mean_ms: number, deviation_ms: number, samples: number];

export interface FailureState {
  readonly cause: RouteFailure;
  readonly count: number;
  readonly age_ms: number;
}

export interface CandidateState {
  readonly line: number;
  readonly address: string;
  readonly connect: EstimateState;
  readonly first_byte: EstimateState;
  readonly successes: number;
  /** Since it last worked; null if never. */
  readonly worked_age_ms: number | null;
  readonly streak: number;
  readonly mute: boolean;
  readonly failures: readonly FailureState[];
}

export interface RouteState {
  /** `host:port` as the client asked for it, names in lower case; behind the client's address where that counts. */
  readonly destination: string;
  readonly candidates: readonly CandidateState[];
  /** Place of the best in `candidates`, -1 for none. */
  readonly best: number;
}

export function stateOf(destination: string, memory: DestinationMemory, now: number): RouteState {
  return {
    destination,
    candidates: memory.candidates.map((candidate) => candidateState(candidate, now)),
    best: memory.best === undefined ? -1 : memory.candidates.indexOf(memory.best),
  };
}

function candidateState(candidate: CandidateMemory, now: number): CandidateState {
  const { connect, firstByte, worked } = candidate;
  return {
    line: candidate.line,
    address: formatIp(candidate.ip),
    connect: [connect.mean, connect.deviation, connect.samples],
    first_byte: [firstByte.mean, firstByte.deviation, firstByte.samples],
    successes: candidate.successes,
    worked_age_ms: worked === Number.NEGATIVE_INFINITY ? null : now - worked,
    streak: candidate.streak,
    mute: candidate.mute,
    failures: [...(candidate.failures ?? [])].map(([cause, { count, at }]) => ({ cause, count, age_ms: now - at })),
  };
}

/** The memory that a state describes, for `lines` lines; what belongs to none of them is left out. */
export function memoryOf(state: RouteState, now: number, lines: number): DestinationMemory {
  const memory = new DestinationMemory();
  for (const [place, told] of state.candidates.slice(0, CANDIDATES_MAX).entries()) {
    const ip = parseIp(told.address);
    if (ip === undefined || told.line >= lines) continue;
    const candidate = new CandidateMemory({ line: told.line, ip });
    fill(candidate, told, now);
    memory.candidates.push(candidate);
    memory.worked = Math.max(memory.worked, candidate.worked);
    memory.touched = Math.max(memory.touched, candidate.worked, candidate.failed);
    if (place === state.best) memory.best = candidate;
  }
  return memory;
}

function fill(candidate: CandidateMemory, told: CandidateState, now: number): void {
  candidate.connect.set(...told.connect);
  candidate.firstByte.set(...told.first_byte);
  candidate.successes = told.successes;
  if (told.worked_age_ms !== null) candidate.worked = now - told.worked_age_ms;
  candidate.streak = told.streak;
  candidate.mute = told.mute;
  for (const { cause, count, age_ms } of told.failures) {
    const at = now - age_ms;
    candidate.failures ??= new Map();
    candidate.failures.set(cause, { count, at });
    if (told.streak > 0) candidate.failed = Math.max(candidate.failed, at);
  }
  candidate.updated = Math.max(candidate.worked, candidate.failed);
}

/** Whether a value is such a state. It is used for what comes from outside the process. */
export function isRouteState(value: unknown): value is RouteState {
  if (!isRecord(value)) return false;
  const { destination, candidates, best } = value;
  return (
    typeof destination === 'string' &&
    destination.length <= 512 &&
    Array.isArray(candidates) &&
    candidates.length <= CANDIDATES_MAX &&
    candidates.every(isCandidateState) &&
    isWhole(best, -1, candidates.length - 1)
  );
}

function isCandidateState(value: unknown): value is CandidateState {
  if (!isRecord(value)) return false;
  const { line, address, connect, first_byte, successes, worked_age_ms, streak, mute, failures } = value;
  return (
    isWhole(line, 0, Number.MAX_SAFE_INTEGER) &&
    typeof address === 'string' &&
    parseIp(address) !== undefined &&
    isEstimate(connect) &&
    isEstimate(first_byte) &&
    isWhole(successes, 0, Number.MAX_SAFE_INTEGER) &&
    (worked_age_ms === null || isTime(worked_age_ms)) &&
    isWhole(streak, 0, Number.MAX_SAFE_INTEGER) &&
    typeof mute === 'boolean' &&
    Array.isArray(failures) &&
    failures.length <= ROUTE_FAILURES.length &&
    failures.every(isFailureState)
  );
}

function isFailureState(value: unknown): value is FailureState {
  if (!isRecord(value)) return false;
  const { cause, count, age_ms } = value;
  return ROUTE_FAILURES.includes(cause as RouteFailure) && isWhole(count, 1, Number.MAX_SAFE_INTEGER) && isTime(age_ms);
}

function isEstimate(value: unknown): value is EstimateState {
  if (!Array.isArray(value) || value.length !== 3) return false;
  return isTime(value[0]) && isTime(value[1]) && isWhole(value[2], 0, Number.MAX_SAFE_INTEGER);
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
