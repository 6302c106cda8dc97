// When each candidate of a race would start if none that has started came to anything: found by a plan of the race's own, with
// times that pass only here. Pure.
import type { Candidate } from '../../lines/candidate.js';
import type { Preferences } from '../../lines/preferences.js';
import type { CandidateMemory } from '../../routes/candidate-memory.js';
import type { ToldBeside } from '../../routes/foreign-hint.js';
import type { SpokenAgainst } from '../held-back.js';
import { type PlanRules, RacePlan } from '../plan.js';
import { type Patience, TierGate } from '../tier-gate.js';

/** What gathering the candidates tells a plan, in its order. */
export type PlanStep =
  | { readonly kind: 'begin'; readonly lines: readonly number[] }
  | { readonly kind: 'offer'; readonly candidates: readonly Candidate[]; readonly isLast: boolean }
  | { readonly kind: 'settled'; readonly line: number };

export interface Start {
  readonly candidate: Candidate;
  /** From the beginning of the race. */
  readonly at_ms: number;
}

export interface Schedule {
  /** How long the lead is alone; undefined without one. */
  readonly alone_ms: number | undefined;
  /** Without the lead, and without those for when nothing else is left. */
  readonly starts: readonly Start[];
}

export interface Scheduled {
  readonly rules: PlanRules;
  /** Undefined where all lines are alike. */
  readonly preferences: Preferences | undefined;
  readonly patience: Patience;
  readonly lead: CandidateMemory | undefined;
  /** How much longer than others the lead may take. */
  readonly patience_ms: number;
  /** How a first contact begins: see `RacePlan.hint`; times from the beginning of the race. */
  readonly hinted?: Hinted | undefined;
  /** What a first contact holds back: see `RacePlan.hold`. */
  readonly held?: Held | undefined;
  readonly steps: readonly PlanStep[];
}

export interface Hinted {
  readonly line: number;
  readonly until_ms: number;
  readonly passes: boolean;
  /** Of a hint of another gateway; `muteUntil` from the beginning of the race. */
  readonly beside?: ToldBeside;
}

export interface Held {
  readonly until_ms: number;
  readonly isSpokenAgainst: SpokenAgainst;
}

const ALWAYS = { hasRoom: () => true };

export function scheduleOf({
  rules,
  preferences,
  patience,
  lead,
  patience_ms,
  hinted,
  held,
  steps,
}: Scheduled): Schedule {
  const plan = new RacePlan(rules, preferences && new TierGate(preferences, patience, rules.unknown_ms));
  if (lead === undefined && held !== undefined) plan.hold(held.until_ms, held.isSpokenAgainst);
  if (lead !== undefined) plan.lead(lead, 0, patience_ms);
  else if (hinted !== undefined) plan.hint(hinted.line, hinted.until_ms, hinted.passes, hinted.beside);
  const begun = lead === undefined ? 0 : plan.wakeAt(0);
  for (const step of steps) tell(plan, step, begun);
  plan.allOffered();
  const lastResort = lastOf(steps);
  const starts: Start[] = [];
  for (let now = begun; ; ) {
    const candidate = plan.take(now, Number.POSITIVE_INFINITY, ALWAYS);
    if (candidate !== undefined) {
      if (!lastResort.includes(candidate)) starts.push({ candidate, at_ms: now });
      continue;
    }
    const next = plan.wakeAt(now);
    if (next <= now || next === Number.POSITIVE_INFINITY) break;
    now = next;
  }
  return { alone_ms: lead && begun, starts };
}

/** Those for when nothing else is left. */
export const lastOf = (steps: readonly PlanStep[]): readonly Candidate[] =>
  steps.flatMap((step) => (step.kind === 'offer' && step.isLast ? step.candidates : []));

function tell(plan: RacePlan, step: PlanStep, now: number): void {
  switch (step.kind) {
    case 'begin':
      if (plan.isGated) plan.begin(step.lines, now);
      break;
    case 'offer':
      plan.offer(step.candidates, step.isLast);
      break;
    case 'settled':
      plan.settled(step.line);
      break;
    default:
      step satisfies never;
  }
}
