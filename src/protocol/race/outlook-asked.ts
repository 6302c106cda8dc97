// What an outlook is made of: what the parts of a race say that they would do, and the values that they go by. Types only.
import type { Candidate } from '../lines/candidate.js';
import type { Line } from '../lines/line.js';
import type { Preference } from '../lines/preference.js';
import type { CandidateMemory } from '../routes/candidate-memory.js';
import type { DestinationMemory } from '../routes/destination-memory.js';
import type { FailureCode } from './failure.js';
import type { LineHealth } from './line-health.js';
import type { PlanRules } from './plan.js';

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
  readonly health: Pick<LineHealth, 'mayUse' | 'answersEarly' | 'circuit' | 'isLinkDown' | 'isDead' | 'spentBudgets'>;
  readonly rules: PlanRules;
  readonly ttl_ms: number;
  /** All candidates race again after this time; 0: never for this reason. */
  readonly refresh_ms: number;
}
