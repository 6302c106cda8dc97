// What an outlook is made of: what the parts of a race say that they would do, and the values that they go by. Types only.
import type { SiteRates } from '../../bulk/site-rates.js';
import type { Candidate } from '../../lines/candidate.js';
import type { LineHealth } from '../../lines/health/health.js';
import type { Line } from '../../lines/line.js';
import type { Preference } from '../../lines/preference.js';
import type { Preferences } from '../../lines/preferences.js';
import type { CandidateMemory } from '../../routes/candidate-memory.js';
import type { DestinationMemory } from '../../routes/destination-memory.js';
import type { Hint } from '../../routes/hints.js';
import type { FailureCode } from '../failure.js';
import type { Reason } from './reason.js';
import type { Schedule } from './schedule.js';

/** What the race leaves out. */
export interface LeftOut {
  readonly candidate: Candidate;
  readonly cause: FailureCode;
}

/** Why the race may not choose a line. */
export type Barred = Extract<Reason, { kind: 'kept-away-by-rule' | 'not-for-user' | 'paused' | 'pinned-elsewhere' }>;

/** A line, and whether the race may choose it. */
export interface AskedLine extends Pick<Line, 'number' | 'name' | keyof Preference> {
  readonly barred: Barred | undefined;
}

/** When a cheaper line is tried beside the lead. */
export interface Home {
  /** The candidate that is to be tried now; undefined for none. */
  readonly trial: Candidate | undefined;
  /** Until a trial is due. */
  readonly waits_ms: number;
}

/** A hint of another gateway, by numbers of lines. */
export interface Told {
  readonly line: number;
  readonly mute: readonly number[];
  readonly from: string;
  readonly age_ms: number;
}

export interface Asked {
  readonly lines: readonly AskedLine[];
  /** Undefined where nothing is remembered, or there is no choice. */
  readonly memory: DestinationMemory | undefined;
  /** The one that goes first and alone. */
  readonly lead: CandidateMemory | undefined;
  readonly schedule: Schedule;
  /** Those for when nothing else is left. */
  readonly lastResort: readonly Candidate[];
  /** Undefined where all lines are alike. */
  readonly preferences: Preferences | undefined;
  /** What lines carry for the destination's site; undefined where that is not one of bulk transfers. */
  readonly rates: Pick<SiteRates, 'way' | 'measured'> | undefined;
  /** Of a destination that a dearer line carries; undefined where none does. */
  readonly home: Home | undefined;
  /** With what a first contact begins; undefined where neighbours tell nothing. */
  readonly hint: Hint | undefined;
  /** The same of what another gateway tells. */
  readonly told: Told | undefined;
  /** The line to which an operator has pinned it, or all destinations. */
  readonly pinned: { readonly line: number; readonly all: boolean } | undefined;
  /** The line that a sticky rule keeps. */
  readonly kept: number | undefined;
  readonly leftOut: readonly LeftOut[];
  readonly isSuspect: (candidate: Candidate) => boolean;
  /** Whether other gateways speak against its address. */
  readonly isTold: (candidate: Candidate) => boolean;
  /** Whether it waits for others at a first contact, since other gateways speak against it. */
  readonly isHeldBack: (candidate: Candidate) => boolean;
  readonly health: Pick<LineHealth, 'mayUse' | 'answersEarly' | 'circuit' | 'isLinkDown' | 'isDead' | 'spentBudgets'> &
    Pick<LineHealth, 'foreignDown'>;
  /** The time between two starts of others; 0: all at once. */
  readonly stagger_ms: number;
  readonly ttl_ms: number;
  /** All candidates race again after this time; 0: never for this reason. */
  readonly refresh_ms: number;
}
